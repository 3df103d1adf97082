package dev.sfguard.cli.query;

import java.util.Optional;

/// What goes on beside a statement while it runs: telling that it waits for somebody's approval.
@FunctionalInterface
public interface Meanwhile {
    Meanwhile NOTHING = _ -> () -> {};

    /// Begins just before a statement runs.
    ///
    /// @param session the number by which the session's client knows it; empty for none
    Watch watch(Optional<String> session);

    /// Of one statement.
    @FunctionalInterface
    interface Watch extends AutoCloseable {

        /// Its result comes, or it has ended. May be called again.
        void end();

        @Override
        default void close() {
            end();
        }
    }
}
