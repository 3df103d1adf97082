package dev.sfguard.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.gateway.recording.Provenance;
import dev.sfguard.gateway.recording.RecordedEvent;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingEvent.CellCounts;
import dev.sfguard.gateway.recording.RecordingEvent.Column;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What a replay says of masks and alarms.
class NarratorTest {
    private static final Instant NOW = Instant.parse("2026-11-23T14:02:15Z");
    private static final Detail SHORT = new Detail(20, 60, false);
    private static final Detail FULL = new Detail(20, 60, true);

    private static List<String> told(Detail detail, RecordingEvent... events) {
        var narrator = new Narrator(detail);
        var lines = new ArrayList<String>();
        for (var event : events) {
            lines.addAll(narrator.tell(new RecordedEvent(1, NOW, event)));
        }
        return lines.stream().map(String::strip).toList();
    }

    private static RecordingEvent asked() {
        return new RecordingEvent.Asked(1, "r", "select ssn", null, false, false);
    }

    private static RecordingEvent decided(String verdict, Map<String, Set<String>> masks) {
        return new RecordingEvent.Decided(
                1,
                1,
                "select ssn",
                "SELECT",
                Set.of(),
                null,
                verdict,
                "readers",
                null,
                "v",
                masks,
                Provenance.NONE);
    }

    private static RecordingEvent columns(Column... columns) {
        return new RecordingEvent.Columns(1, 1, "q", List.of(columns));
    }

    private static RecordingEvent ended(CellCounts masked) {
        return new RecordingEvent.Ended(1, 1, "q", 2, 2, 20, "", masked, 2_000, 1_000, null);
    }

    @Test
    void the_decision_names_every_mask_with_its_columns() {
        var masks =
                Map.of(
                        "pii",
                        Set.of("SHOP.PUBLIC.C.SSN", "SHOP.PUBLIC.C.EMAIL", "SHOP.OLD.C.SSN"),
                        "pay",
                        Set.of("SHOP.PUBLIC.E.SALARY"));
        assertThat(told(SHORT, asked(), decided("allow", masks)).getFirst())
                .endsWith("allow  mask pay(SALARY), pii(EMAIL, SSN)");
    }

    @Test
    void what_is_held_names_its_rule_and_its_masks() {
        var masks = Map.of("pii", Set.of("SHOP.PUBLIC.C.SSN"));
        assertThat(
                        told(
                                SHORT,
                                asked(),
                                decided("approve", masks),
                                new RecordingEvent.Failed(1, null, "098013", null, "no", 1)))
                .first()
                .asString()
                .endsWith("approve  readers  mask pii(SSN)");
    }

    @Test
    void older_recordings_name_the_columns_alone() {
        var masks = Map.of("", Set.of("SHOP.PUBLIC.C.SSN"));
        assertThat(told(SHORT, asked(), decided("allow", masks)).getFirst())
                .endsWith("allow  mask SSN");
    }

    @Test
    void the_end_counts_cells_and_names_detectors_and_in_full_masks_too() {
        var counts =
                new CellCounts(
                        Map.of("SSN", 2L, "NOTE", 1L),
                        Map.of("SSN", Map.of("pii", 2L)),
                        Map.of("NOTE", Map.of("card", 1L, "iban", 1L)));
        var columns = columns(new Column("SSN", "TEXT", Set.of("pii"), true));
        assertThat(told(SHORT, asked(), columns, ended(counts)).getLast())
                .endsWith("3 cells masked (NOTE by card and iban)");
        assertThat(told(FULL, asked(), columns, ended(counts)).getLast())
                .endsWith("3 cells masked (SSN by pii, NOTE by card and iban)");
    }

    @Test
    void what_only_may_be_masked_is_told_so() {
        var counts = new CellCounts(Map.of("V", 2L), Map.of("V", Map.of("pii", 2L)), Map.of());
        var columns = columns(new Column("V", "TEXT", Set.of("pii"), false));
        assertThat(told(SHORT, asked(), columns, ended(counts)).getLast())
                .endsWith("up to 2 cells masked");
    }

    @Test
    void an_alarm_is_told_and_the_failure_behind_it_is_not() {
        var lines =
                told(
                        SHORT,
                        asked(),
                        decided("allow", Map.of()),
                        new RecordingEvent.Alarm(1, 1, "SSN", "A.B.C", "pii", "it \u001b[2J leaks"),
                        new RecordingEvent.Failed(1, "q", "098011", "42501", "it leaks", 1));
        assertThat(lines).hasSize(2);
        assertThat(lines.getLast())
                .isEqualTo("14:02:15  #1  alarm  pii  it ␛[2J leaks; the result is withheld");
    }
}
