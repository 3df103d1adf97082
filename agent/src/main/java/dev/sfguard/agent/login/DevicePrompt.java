package dev.sfguard.agent.login;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/// What a person needs for a device login.
///
/// @param page to open in any browser
/// @param code to type there
/// @param pageWithCode the page with the code filled in, where the issuer has one
/// @param life how long the code is good
public record DevicePrompt(URI page, String code, Optional<URI> pageWithCode, Duration life) {

    /// Shows the prompt, and that we still wait.
    @FunctionalInterface
    public interface Screen {
        void show(DevicePrompt prompt);

        /// Called before each poll of the issuer.
        ///
        /// @param left until the code expires
        default void waiting(Duration left) {}
    }
}
