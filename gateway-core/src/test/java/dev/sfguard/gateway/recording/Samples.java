package dev.sfguard.gateway.recording;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/// Events as a gateway would record them.
final class Samples {
    static final RecordingSettings SMALL =
            new RecordingSettings(
                    64 << 20, 1 << 20, Duration.ofHours(1), 1 << 20, 4 << 20, 1 << 20);

    private Samples() {}

    static RecordingEvent.Opened opened(String session) {
        return new RecordingEvent.Opened(
                session,
                "pool-1",
                "ana@acme.io",
                "sub-ana",
                "https://issuer.acme.io",
                "human",
                Set.of("analysts"),
                "dbt",
                "JDBC",
                "4.4.1",
                "prod",
                "ANALYST_RO",
                "abc123");
    }

    static RecordingEvent.Asked asked(long statement, String text) {
        return new RecordingEvent.Asked(
                statement, "request-" + statement, text, null, false, false);
    }

    static RecordingEvent.Decided allowed(long statement, String text) {
        return new RecordingEvent.Decided(
                statement, 1, text, "SELECT", Set.of(), null, "allow", "reads", null, "abc123");
    }

    static RecordingEvent.Decided blocked(long statement, String text) {
        return new RecordingEvent.Decided(
                statement,
                1,
                text,
                "DROP",
                Set.of("DROP"),
                null,
                "block",
                "no-drop",
                "Nobody drops",
                "abc123");
    }

    static RecordingEvent.Rows rows(long statement, long first, int count, String json) {
        return new RecordingEvent.Rows(
                statement, 1, first, count, json.getBytes(StandardCharsets.UTF_8));
    }

    static RecordingEvent.Ended ended(long statement, long rows) {
        return new RecordingEvent.Ended(
                statement,
                1,
                "01b2-0001",
                rows,
                rows,
                rows * 10,
                "ab",
                Map.of("SSN", 2L),
                38_000,
                37_400);
    }
}
