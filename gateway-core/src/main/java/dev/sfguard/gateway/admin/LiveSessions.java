package dev.sfguard.gateway.admin;

import java.io.IOException;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// The sessions that go on now: the proxy's part, which this package does not know.
public interface LiveSessions {

    /// Ends a session at once: what it runs and what it waits for is aborted, also what was asked
    /// to outlive it. It is over for its client when this returns.
    ///
    /// @param by who ends it, as the recording names people
    /// @return how many statements were aborted; empty when the session does not go on
    OptionalInt kill(String session, String by, String reason) throws IOException;

    /// Aborts what runs because of an approval that was revoked.
    ///
    /// @param by who revoked it, as the recording names people
    /// @return how many statements were aborted
    int abortUnder(String approval, String by);

    /// What the session's client knows it by.
    OptionalLong number(String session);
}
