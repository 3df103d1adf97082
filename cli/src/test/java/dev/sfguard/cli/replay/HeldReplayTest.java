package dev.sfguard.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.gateway.recording.RecordedEvent;
import dev.sfguard.gateway.recording.RecordingEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HeldReplayTest {
    private static final String REQUEST = "7K3M9A2Q";
    private static final String DELETE = "DELETE FROM orders WHERE id = 7";
    private static final String RULE = "orders-writes-need-review";

    private final Narrator narrator = new Narrator(Detail.SHORT);
    private final List<String> told = new ArrayList<>();
    private long seq;

    private void at(String time, RecordingEvent event) {
        told.addAll(
                narrator.tell(
                        new RecordedEvent(
                                ++seq, Instant.parse("2026-11-25T" + time + "Z"), event)));
    }

    private void held(int part) {
        at(
                "14:02:31",
                new RecordingEvent.Decided(
                        2, part, DELETE, "DELETE", Set.of(), null, "approve", RULE, null, "v"));
        at(
                "14:02:31",
                new RecordingEvent.Held(
                        2, REQUEST, RULE, Set.of("dba"), Instant.parse("2026-11-25T15:00:00Z")));
    }

    private void asked() {
        at("14:02:31", new RecordingEvent.Asked(2, "r", DELETE, null, false, false));
    }

    @Test
    void approved_statement_shows_who_said_yes_and_how_long_it_waited() {
        asked();
        held(1);
        at(
                "14:05:02",
                new RecordingEvent.Approved(
                        2,
                        REQUEST,
                        "bo@acme.io",
                        "s",
                        "i",
                        "ticket 812",
                        Instant.parse("2026-11-25T14:05:02Z"),
                        true));
        at("14:05:02", new RecordingEvent.Sent(2, DELETE, "r", null));
        at(
                "14:05:02",
                new RecordingEvent.Columns(
                        2,
                        1,
                        "q",
                        List.of(new RecordingEvent.Column("number of rows deleted", "fixed"))));
        at(
                "14:05:02",
                new RecordingEvent.Rows(2, 1, 0, 1, "[[\"1\"]]".getBytes(StandardCharsets.UTF_8)));
        at(
                "14:05:02",
                new RecordingEvent.Ended(2, 1, "q", 1, 1, 5, "", Map.of(), 151_200_000, 120_000));

        assertThat(told)
                .containsExactly(
                        " 14:02:31  #2  "
                                + DELETE
                                + " ".repeat(48 - DELETE.length())
                                + "  held   "
                                + RULE
                                + " → dba",
                        " 14:05:02      approved by bo@acme.io  \"ticket 812\"",
                        "           1 row deleted · 151.2 s (waited 151.0)");
    }

    @Test
    void denial_shows_the_reason_and_the_error() {
        asked();
        held(1);
        at(
                "14:05:02",
                new RecordingEvent.Denied(
                        2,
                        REQUEST,
                        "bo@acme.io",
                        "s",
                        "i",
                        "use the\u001b[31m archive",
                        Instant.parse("2026-11-25T14:05:02Z")));
        at("14:05:02", new RecordingEvent.Failed(2, null, "098013", "42501", "no", 151_000_000));

        assertThat(told.get(1)).startsWith(" 14:05:02      denied by bo@acme.io  \"use the");
        assertThat(told.get(1)).doesNotContain("\u001b");
        assertThat(told.get(2)).contains("error 098013 (42501): no");
    }

    @Test
    void described_statement_says_what_the_rule_wants() {
        asked();
        at(
                "14:02:31",
                new RecordingEvent.Decided(
                        2, 1, DELETE, "DELETE", Set.of(), null, "approve", RULE, null, "v"));
        at("14:02:31", new RecordingEvent.Described(2, "q"));

        assertThat(told.get(0)).endsWith("  approve  " + RULE);
        assertThat(told.get(1)).endsWith("described, not run");
    }

    @Test
    void one_yes_of_two_and_an_end_without_the_other() {
        asked();
        held(1);
        at(
                "14:05:02",
                new RecordingEvent.Approved(
                        2,
                        REQUEST,
                        "bo@acme.io",
                        "s",
                        "i",
                        "",
                        Instant.parse("2026-11-25T14:05:02Z"),
                        false));
        at("15:00:00", new RecordingEvent.Expired(2, REQUEST));
        at("15:00:01", new RecordingEvent.Withdrawn(3, REQUEST, "client"));

        assertThat(told)
                .endsWith(
                        " 14:05:02      approved by bo@acme.io, one more is needed",
                        " 15:00:00      expired",
                        " 15:00:01      withdrawn by client");
    }
}
