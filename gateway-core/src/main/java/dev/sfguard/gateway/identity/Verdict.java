package dev.sfguard.gateway.identity;

/// What a token proves.
public sealed interface Verdict {

    record Verified(Identity identity) implements Verdict {}

    /// @param reason one clause for people; it never holds any part of the token but names of
    ///     issuers and audiences
    record Rejected(String reason) implements Verdict {}
}
