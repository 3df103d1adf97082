package dev.sfguard.gateway.approval;

/// What a reviewer's yes or no came to.
public sealed interface Answer {

    /// It counts. The approval shows whether it decided, or how many more are needed.
    record Counted(Approval approval) implements Answer {}

    /// It does not count: what is wrong and what to do, for the reviewer.
    ///
    /// @param known whether the reviewer may know that there is such a request
    record Refused(String why, String next, boolean known) implements Answer {}
}
