package dev.sfguard.sandbox;

import java.time.Instant;
import java.util.Map;

/// A statement that reached the sandbox: the witness of what got past the gateway. A repeated
/// request that joins a running statement is not received again.
///
/// @param session the sandbox's own number of it
/// @param binds by position; array binds as a JSON list
public record ReceivedStatement(
        long session,
        String user,
        String role,
        String text,
        String queryTag,
        Map<String, String> binds,
        boolean describeOnly,
        String queryId,
        Instant at) {
    public ReceivedStatement {
        binds = Map.copyOf(binds);
    }
}
