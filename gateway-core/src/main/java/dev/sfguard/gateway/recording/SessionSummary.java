package dev.sfguard.gateway.recording;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/// One line of the list of sessions.
///
/// @param ended the last event so far; the end once the state is not live
/// @param statements requests to run SQL, describes not counted
/// @param blocked statements that a rule blocked
/// @param rows delivered
/// @param bytes delivered
public record SessionSummary(
        String id,
        State state,
        String group,
        String user,
        String subject,
        String issuer,
        String kind,
        String application,
        String driver,
        String driverVersion,
        String connection,
        String role,
        Instant started,
        Instant ended,
        long events,
        long statements,
        long blocked,
        long rows,
        long bytes) {

    /// `INTERRUPTED`: the gateway went away under it; it may still be resumed.
    public enum State {
        LIVE,
        CLOSED,
        INTERRUPTED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    SessionSummary withState(State other) {
        return new SessionSummary(
                id,
                other,
                group,
                user,
                subject,
                issuer,
                kind,
                application,
                driver,
                driverVersion,
                connection,
                role,
                started,
                ended,
                events,
                statements,
                blocked,
                rows,
                bytes);
    }

    /// As the API gives it out.
    public ObjectNode toJson() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", id)
                .put("state", state.toString())
                .put("group", group)
                .put("user", user)
                .put("subject", subject)
                .put("issuer", issuer)
                .put("kind", kind)
                .put("application", application)
                .put("driver", driver)
                .put("driver_version", driverVersion)
                .put("connection", connection)
                .put("role", role)
                .put("started", started.toString())
                .put("ended", ended.toString())
                .put("events", events)
                .put("statements", statements)
                .put("blocked", blocked)
                .put("rows", rows)
                .put("bytes", bytes);
    }

    /// @throws IOException when a member is missing or no value of its kind
    public static SessionSummary fromJson(JsonNode json) throws IOException {
        try {
            return new SessionSummary(
                    json.required("id").asText(),
                    State.valueOf(json.required("state").asText().toUpperCase(Locale.ROOT)),
                    json.required("group").asText(),
                    json.required("user").asText(),
                    json.required("subject").asText(),
                    json.required("issuer").asText(),
                    json.required("kind").asText(),
                    json.required("application").asText(),
                    json.required("driver").asText(),
                    json.required("driver_version").asText(),
                    json.required("connection").asText(),
                    json.required("role").asText(),
                    Instant.parse(json.required("started").asText()),
                    Instant.parse(json.required("ended").asText()),
                    json.required("events").asLong(),
                    json.required("statements").asLong(),
                    json.required("blocked").asLong(),
                    json.required("rows").asLong(),
                    json.required("bytes").asLong());
        } catch (IllegalArgumentException | DateTimeParseException e) {
            throw new IOException("not the summary of a session: " + e.getMessage(), e);
        }
    }
}
