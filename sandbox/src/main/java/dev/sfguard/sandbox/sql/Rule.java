package dev.sfguard.sandbox.sql;

/// One difference between the dialects.
interface Rule {
    /// Rewrites what begins at `i`, when it is this rule's.
    ///
    /// @return whether it changed something
    boolean apply(Tokens tokens, int i);
}
