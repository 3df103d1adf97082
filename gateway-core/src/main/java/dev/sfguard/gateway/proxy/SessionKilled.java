package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.snowflake.SnowflakeError;
import java.io.IOException;
import java.util.Optional;

/// A person ended the session: nothing more of it is sent or given out.
final class SessionKilled extends IOException {
    private static final long serialVersionUID = 1L;

    private SessionKilled(String why) {
        super(why);
    }

    static void check(Session session) throws SessionKilled {
        var why = session.killed();
        if (why.isPresent()) {
            throw new SessionKilled(why.get());
        }
    }

    /// What a client of the session is told, whatever else went wrong.
    static Optional<SnowflakeError> error(Session session) {
        return session.killed().map(SessionKilled::error);
    }

    SnowflakeError error() {
        return error(String.valueOf(getMessage()));
    }

    private static SnowflakeError error(String why) {
        return SnowflakeError.sessionGone(why + ". Connect again.");
    }
}
