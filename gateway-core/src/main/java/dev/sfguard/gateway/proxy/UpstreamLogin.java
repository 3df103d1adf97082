package dev.sfguard.gateway.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;

/// What a session at Snowflake begins with, besides the credential.
///
/// @param role the one that the policy maps the person to; the only one the session ever has
/// @param parameters of the session, already filtered
/// @param driver the client's CLIENT_APP_ID, passed on so that Snowflake answers it as it would
record UpstreamLogin(
        String role,
        Optional<String> warehouse,
        Optional<String> database,
        Optional<String> schema,
        Map<String, JsonNode> parameters,
        String driver,
        String driverVersion,
        String application) {

    UpstreamLogin {
        parameters = Map.copyOf(parameters);
    }
}
