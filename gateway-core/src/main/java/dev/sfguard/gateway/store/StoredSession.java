package dev.sfguard.gateway.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What must outlive the gateway's process of one client's session. Tokens are here as hashes
/// only.
///
/// @param id the recording's
/// @param tokenHash SHA-256 of the session token as hex, {@code masterHash} of the master token
/// @param previousTokenHash of the tokens before the last renewal, whose answer may have been
///     lost
/// @param expires when the master token ends
/// @param facts who and where, as JSON that only the proxy reads
public record StoredSession(
        String id,
        String tokenHash,
        String masterHash,
        @Nullable String previousTokenHash,
        @Nullable String previousMasterHash,
        Instant tokenExpires,
        Instant expires,
        String facts) {}
