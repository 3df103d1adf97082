package dev.sfguard.gateway.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.gateway.policy.Decision;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingFailed;
import dev.sfguard.gateway.snowflake.QueryRequest;
import dev.sfguard.gateway.snowflake.SnowflakeError;
import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.Effect;
import java.util.Optional;
import java.util.TreeSet;

/// What a judgement comes to: a line for each decision in the recording, and the error that the
/// client is shown when it may not go on.
final class Ruling {

    private Ruling() {}

    /// Records the decisions.
    static void record(Session session, StatementRun run, Judgement judged, String policyVersion)
            throws RecordingFailed {
        int number = 0;
        for (var part : judged.parts()) {
            number++;
            session.recording().append(event(run, number, part, policyVersion));
        }
    }

    private static RecordingEvent event(
            StatementRun run, int number, Judgement.Part part, String policyVersion) {
        var effects = new TreeSet<String>();
        String kind;
        String why;
        switch (part.analysis()) {
            case Analysis.Understood understood -> {
                understood.effects().stream().map(Effect::name).forEach(effects::add);
                kind = understood.kind().name();
                why = null;
            }
            case Analysis.Opaque opaque -> {
                kind = "OPAQUE";
                why = opaque.why();
            }
        }
        String verdict;
        String message;
        switch (part.decision()) {
            case Decision.Allow _ -> {
                verdict = "allow";
                message = null;
            }
            case Decision.Deny deny -> {
                verdict = RecordingEvent.Decided.BLOCK;
                message = deny.message();
            }
            case Decision.Hold hold -> {
                verdict = RecordingEvent.Decided.APPROVE;
                message = hold.message().orElse(null);
            }
        }
        return new RecordingEvent.Decided(
                run.number(),
                number,
                part.statement().text(),
                kind,
                effects,
                why,
                verdict,
                part.decision().rule(),
                message,
                policyVersion,
                part.masked().masks(),
                part.masked().provenance());
    }

    /// What stands in the way of running it, or of asking people about it.
    static Optional<SnowflakeError> refusal(
            Session session, QueryRequest request, Judgement judged) {
        if (judged.parts().isEmpty()) {
            return Optional.of(SnowflakeError.emptyStatement());
        }
        return switch (judged.whole()) {
            case Decision.Deny deny ->
                    Optional.of(
                            switch (deny.why()) {
                                case BLOCKED -> SnowflakeError.blocked(deny.message());
                                case LIMIT -> SnowflakeError.limit(deny.message());
                            });
            case Decision.Hold _, Decision.Allow _ ->
                    count(session, request, judged.parts().size());
        };
    }

    /// Snowflake's own guard against injected statements stays.
    private static Optional<SnowflakeError> count(
            Session session, QueryRequest request, int actual) {
        var desired =
                Optional.ofNullable(request.parameters().get("MULTI_STATEMENT_COUNT"))
                        .map(JsonNode::asText)
                        .or(() -> session.state().statementCount())
                        .orElse("1")
                        .strip();
        return desired.equals("0") || desired.equals(Integer.toString(actual))
                ? Optional.empty()
                : Optional.of(SnowflakeError.statementCount(actual, desired));
    }
}
