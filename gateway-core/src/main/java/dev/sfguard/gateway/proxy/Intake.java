package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingFailed;
import dev.sfguard.gateway.snowflake.QueryRequest;
import dev.sfguard.gateway.snowflake.SnowflakeError;
import java.util.Optional;

/// Takes a request in: records what is asked and what the client says of it, and turns away what
/// is too large to be looked at.
final class Intake {

    private final ProxySettings settings;

    Intake(ProxySettings settings) {
        this.settings = settings;
    }

    /// Everything that the client says of this statement, in whichever way.
    static ClientNote note(Session session, QueryRequest request) {
        var note = session.note();
        var tag = request.parameters().get("QUERY_TAG");
        var effective = tag == null ? session.state().queryTag() : Optional.of(tag.asText());
        if (effective.isPresent()) {
            note = note.with(ClientNote.ofQueryTag(effective.get()));
        }
        for (var parameter : request.parameters().entrySet()) {
            note =
                    note.with(
                            ClientNote.ofParameter(
                                            parameter.getKey(), parameter.getValue().asText())
                                    .orElse(ClientNote.NONE));
        }
        return note.with(ClientNote.ofText(request.sqlText()));
    }

    static void asked(Session session, StatementRun run, QueryRequest request, ClientNote note)
            throws RecordingFailed {
        if (session.isNews(note)) {
            session.recording()
                    .append(
                            new RecordingEvent.Prompt(
                                    run.number(),
                                    note.agent(),
                                    note.model(),
                                    note.toolCall(),
                                    note.reason(),
                                    note.prompt()));
        }
        session.recording()
                .append(
                        new RecordingEvent.Asked(
                                run.number(),
                                run.requestId(),
                                request.sqlText(),
                                request.bindings().orElse(null),
                                request.describeOnly(),
                                request.async()));
    }

    /// What is wrong with the request before anybody reads its text.
    Optional<SnowflakeError> bounds(QueryRequest request) {
        if (request.sqlText().length() > settings.longestText()) {
            return Optional.of(
                    SnowflakeError.limit(
                            "the statement has "
                                    + request.sqlText().length()
                                    + " characters, and "
                                    + settings.longestText()
                                    + " is the most that Snowflake takes. Load data with COPY, or"
                                    + " bind it."));
        }
        for (var parameter : request.parameters().entrySet()) {
            if (parameter.getKey().startsWith(ClientNote.PREFIX)
                    && parameter.getValue().asText().length() > ClientNote.LONGEST) {
                return Optional.of(
                        SnowflakeError.limit(
                                parameter.getKey() + " is longer than 64 KiB. Shorten it."));
            }
        }
        var wait = request.parameters().get(ClientNote.WAIT);
        if (wait != null && ClientNote.seconds(wait.asText()).isEmpty()) {
            return Optional.of(
                    SnowflakeError.notUnderstood(
                            ClientNote.WAIT
                                    + " must be a whole number of seconds; 0 does not wait."));
        }
        return request.bindStage()
                .map(
                        _ ->
                                SnowflakeError.blocked(
                                        "binds that were uploaded to a stage do not pass: the"
                                                + " gateway cannot see them. Set"
                                                + " CLIENT_STAGE_ARRAY_BINDING_THRESHOLD to 0."));
    }
}
