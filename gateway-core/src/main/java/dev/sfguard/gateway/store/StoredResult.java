package dev.sfguard.gateway.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A large result whose parts a client is fetching: enough to know it again, and nothing that
/// opens it. Where the parts are, only Snowflake says.
///
/// @param id as in the parts' addresses
/// @param ticketHash SHA-256 as hex of what the client shows with each part
/// @param shape hash of how many rows each part has, so that another result is not taken for it
/// @param cutAt how many rows are delivered of it, -1 when it was not cut
/// @param cutBy the limit that cut it
public record StoredResult(
        String id,
        String session,
        String ticketHash,
        String queryId,
        String shape,
        Instant expires,
        long cutAt,
        @Nullable String cutBy) {

    /// Of a result that is delivered whole.
    public StoredResult(
            String id,
            String session,
            String ticketHash,
            String queryId,
            String shape,
            Instant expires) {
        this(id, session, ticketHash, queryId, shape, expires, -1, null);
    }
}
