package dev.sfguard.gateway.store;

import java.time.Instant;
import java.util.List;

/// One held statement as it is kept.
///
/// @param id what people type
/// @param fingerprint of all that was asked and of what it was asked in; hex
/// @param requester who asked; never among the voters, the table sees to it
/// @param session, statement, requestId, queryId which statement of which session waits, and by
///     which id its client polls for it
/// @param attached whether a client waits for the answer; otherwise the identical statement, sent
///     again, picks it up
/// @param needed how many approvals each demand needs, in the order of the demands; never empty
/// @param changed when the state was entered
/// @param until with `approve --for`: until when the identical statement needs no new approval;
///     the epoch otherwise
/// @param facts what a reviewer is shown, as JSON
/// @param request the client's request, byte for byte as it came
/// @param votes in the order in which they were given
// The request's bytes are written once and never compared.
@SuppressWarnings("ArrayRecordComponent")
public record StoredApproval(
        String id,
        String fingerprint,
        State state,
        Person requester,
        String session,
        long statement,
        String requestId,
        String queryId,
        boolean attached,
        List<Integer> needed,
        Instant created,
        Instant expires,
        Instant changed,
        Instant until,
        String facts,
        byte[] request,
        List<Vote> votes) {

    /// How far a held statement is. `SENT` is durable before its bytes leave for Snowflake.
    public enum State {
        PENDING,
        APPROVED,
        DENIED,
        EXPIRED,
        WITHDRAWN,
        SENT,
        DONE,
        UNKNOWN
    }

    /// @param subject unique within the issuer
    /// @param name what people read
    public record Person(String subject, String issuer, String name) {

        /// Also by name: one person may come through two issuers. Fit to refuse something; to open
        /// something, {@link #comesAs}.
        public boolean is(Person other) {
            return comesAs(other) || name.equalsIgnoreCase(other.name);
        }

        /// The same subject of the same issuer. A name is only as good as the issuer that gives it.
        public boolean comesAs(Person other) {
            return subject.equals(other.subject) && issuer.equals(other.issuer);
        }
    }

    /// @param meets which of the demands this person's yes counts for: bit 0 for the first
    /// @param reason empty when none was given
    public record Vote(Person by, boolean approves, long meets, String reason, Instant at) {}

    /// Who ended a grant, or took back a yes that was not used.
    public record Revocation(Person by, String reason, Instant at) {}

    public StoredApproval {
        needed = List.copyOf(needed);
        votes = List.copyOf(votes);
    }
}
