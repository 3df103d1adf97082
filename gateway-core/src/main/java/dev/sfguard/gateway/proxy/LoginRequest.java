package dev.sfguard.gateway.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.gateway.identity.Secret;
import dev.sfguard.gateway.snowflake.ClientParameters;
import dev.sfguard.gateway.snowflake.QueryRequest;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The body of a login: who asks, how the asker proves it, and with which driver.
///
/// @param password of PASSWORD; {@code token} of TOKEN
/// @param parameters of the session, all that the client sent, by upper-case name
/// @param application what the client calls itself, `Tableau`; empty when it does not
record LoginRequest(
        String account,
        String authenticator,
        Optional<Secret> password,
        Optional<Secret> token,
        String driver,
        String driverVersion,
        String application,
        Map<String, JsonNode> parameters) {

    private static final int LONGEST_NAME = 200;

    LoginRequest {
        parameters = Map.copyOf(parameters);
    }

    static LoginRequest read(byte[] json) throws IOException {
        var data = QueryRequest.object(json).path("data");
        if (!data.isObject()) {
            throw new IOException("the login has no data");
        }
        var parameters = new HashMap<String, JsonNode>();
        data.path("SESSION_PARAMETERS")
                .properties()
                .forEach(e -> parameters.put(e.getKey().toUpperCase(Locale.ROOT), e.getValue()));
        return new LoginRequest(
                name(data, "ACCOUNT_NAME"),
                name(data, "AUTHENTICATOR").toUpperCase(Locale.ROOT),
                secret(data, "PASSWORD"),
                secret(data, "TOKEN"),
                name(data, "CLIENT_APP_ID"),
                name(data, "CLIENT_APP_VERSION"),
                name(data.path("CLIENT_ENVIRONMENT"), "APPLICATION"),
                parameters);
    }

    /// What goes to Snowflake of the session's parameters.
    Map<String, JsonNode> allowed() {
        var allowed = new HashMap<String, JsonNode>();
        parameters.forEach(
                (name, value) -> {
                    if (ClientParameters.mayBeSet(name) && value.isValueNode()) {
                        allowed.put(name, value);
                    }
                });
        return allowed;
    }

    /// What the client says of its prompts at login.
    ClientNote note() throws IOException {
        var note = ClientNote.NONE;
        for (var parameter : parameters.entrySet()) {
            var value = parameter.getValue().asText();
            if (parameter.getKey().startsWith(ClientNote.PREFIX)
                    && value.length() > ClientNote.LONGEST) {
                throw new IOException(parameter.getKey() + " is longer than 64 KiB");
            }
            if (parameter.getKey().equals(ClientNote.WAIT) && ClientNote.seconds(value).isEmpty()) {
                throw new IOException(
                        ClientNote.WAIT + " must be a whole number of seconds; 0 does not wait");
            }
            note =
                    note.with(
                            ClientNote.ofParameter(parameter.getKey(), value)
                                    .orElse(ClientNote.NONE));
        }
        return note;
    }

    private static Optional<Secret> secret(JsonNode data, String name) {
        return Optional.ofNullable(data.path(name).textValue())
                .filter(text -> !text.isEmpty())
                .map(Secret::of);
    }

    private static String name(JsonNode data, String name) {
        var value = data.path(name);
        // A version may be a number; anything but a plain value is nothing.
        var text = value.isValueNode() && !value.isNull() ? value.asText() : "";
        return text.length() > LONGEST_NAME ? text.substring(0, LONGEST_NAME) : text;
    }
}
