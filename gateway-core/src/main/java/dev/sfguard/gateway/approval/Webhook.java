package dev.sfguard.gateway.approval;

import dev.sfguard.gateway.identity.Secret;
import java.util.Optional;

/// A place outside that is told of requests.
///
/// @param name tells the places apart, in logs and in the store; changing it tells all anew
/// @param url where to; itself a secret, since whoever knows a chat's address can write there
/// @param signing key of the signature; empty for none
public record Webhook(String name, Secret url, Format format, Optional<Secret> signing) {

    /// How the body looks.
    public enum Format {
        /// One JSON object with all that a reviewer is shown.
        JSON,
        /// A text for a chat that understands Slack's incoming webhooks.
        SLACK
    }
}
