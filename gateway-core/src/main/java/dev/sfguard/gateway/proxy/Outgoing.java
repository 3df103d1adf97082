package dev.sfguard.gateway.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingFailed;
import dev.sfguard.gateway.snowflake.ClientParameters;
import dev.sfguard.gateway.snowflake.QueryRequest;
import dev.sfguard.gateway.snowflake.SnowflakeError;
import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.StatementClass;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What leaves for Snowflake in a statement's place: its parameters with our tag, and the line
/// in the recording that is durable before.
final class Outgoing {

    private Outgoing() {}

    /// Asked, decided and sent become durable together, before a byte leaves for Snowflake.
    static void sent(Session session, StatementRun run, String text, Optional<String> tag)
            throws RecordingFailed {
        try {
            session.recording()
                    .append(
                            new RecordingEvent.Sent(
                                    run.number(), text, run.requestId(), tag.orElse(null)));
            session.recording().commit();
        } catch (RecordingFailed failed) {
            // The journal may hold the lines and write them later: they must not be the last word.
            Failure.owe(session, run, SnowflakeError.notRecorded());
            throw failed;
        }
    }

    /// The tag to send it with; empty where it would show or nothing runs.
    static Optional<String> tag(
            Session session, StatementRun run, QueryRequest request, Judgement judged) {
        if (request.describeOnly() || judged.parts().stream().anyMatch(Outgoing::showsTag)) {
            return Optional.empty();
        }
        var own =
                Optional.ofNullable(request.parameters().get("QUERY_TAG"))
                        .map(JsonNode::asText)
                        .or(() -> session.state().queryTag());
        return Optional.of(QueryTag.of(session.id(), run.number(), own.orElse(null)));
    }

    /// Whoever asks for the session's parameters wants to see his own tag.
    private static boolean showsTag(Judgement.Part part) {
        return part.analysis() instanceof Analysis.Understood understood
                && understood.kind() == StatementClass.SHOW
                && part.statement().text().toUpperCase(Locale.ROOT).contains("PARAMETERS");
    }

    /// What of the statement's own parameters passes.
    ///
    /// @param count how many statements were decided: where Snowflake counts another number, it
    ///     refuses, whatever the client or the account set
    static Map<String, JsonNode> parameters(QueryRequest request, Optional<String> tag, int count) {
        var allowed = new HashMap<String, JsonNode>();
        request.parameters()
                .forEach(
                        (name, value) -> {
                            if (ClientParameters.mayBeSet(name)) {
                                allowed.put(name, value);
                            }
                        });
        allowed.put("MULTI_STATEMENT_COUNT", IntNode.valueOf(count));
        tag.ifPresent(text -> allowed.put("QUERY_TAG", TextNode.valueOf(text)));
        return allowed;
    }
}
