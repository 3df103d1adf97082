package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.snowflake.SnowflakeError;
import java.io.IOException;

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

    SnowflakeError error() {
        return SnowflakeError.sessionGone(getMessage() + ". Connect again.");
    }
}
