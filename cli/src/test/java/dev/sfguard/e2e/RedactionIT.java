package dev.sfguard.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What others see of somebody's statements: a reader that they were, a raw reader what they were.
/// Here analysts read, and administrators read raw.
class RedactionIT {
    /// Social security numbers by the rules, each in a place of its own.
    private static final List<String> CANARIES =
            List.of(
                    "219-09-0001",
                    "219-09-0002",
                    "219-09-0003",
                    "219-09-0004",
                    "219-09-0005",
                    "219-09-0006");

    @TempDir static Path folder;
    static Stage stage;
    static String session = "";

    @BeforeAll
    static void a_day_of_bo() throws Exception {
        stage = Stage.raiseReadBy("analysts", folder);
        try (var connection = stage.bo().jdbc();
                var statement = connection.createStatement()) {
            statement.execute("alter session set sfguard_prompt = 'who is 219-09-0001?'");
            statement.execute(
                    "select count(*) from customers where name = '219-09-0002' -- 219-09-0003");
            statement.execute("select '219-09-0004' as x, '\u001b]0;owned\u0007' as y");
            try (var prepared =
                    connection.prepareStatement("select count(*) from customers where name = ?")) {
                prepared.setString(1, "219-09-0005");
                prepared.execute();
            }
            try {
                statement.execute("drop table no_such_219 /* 219-09-0006 */");
            } catch (SQLException refused) {
                assertThat(refused.getMessage()).contains("no-drop");
            }
        }
        session = Recorded.sessions(stage).get(0).path("id").asText();
    }

    @AfterAll
    static void strike() throws Exception {
        stage.close();
    }

    @Test
    void a_raw_reader_sees_all_of_it_and_the_chain_holds() throws Exception {
        var raw = Ran.sfguard(stage.bo().home().folder(), "replay", "--raw", session);

        assertThat(raw.status()).isZero();
        assertThat(raw.out()).contains(CANARIES).startsWith("{\"seq\":1,");
        assertThat(raw.err()).doesNotContain("redacted");
    }

    @Test
    void a_reader_sees_none_of_it_and_is_told_so() throws Exception {
        for (String manner : List.of("--raw", "--text")) {
            var shown = Ran.sfguard(stage.ana().home().folder(), "replay", manner, "-v", session);

            assertThat(shown.status()).isZero();
            assertThat(CANARIES).noneMatch(shown.out()::contains);
            assertThat(shown.out()).contains("from customers where name = ").contains("no-drop");
            assertThat(shown.err()).contains("redacted for you", "cannot be checked");
        }
    }

    @Test
    void the_list_of_statements_is_redacted_as_well() throws Exception {
        var reader = Ran.sfguard(stage.ana().home().folder(), "sessions", session, "-o", "json");
        var raw = Ran.sfguard(stage.bo().home().folder(), "sessions", session, "-o", "json");

        assertThat(CANARIES).noneMatch(reader.out()::contains);
        assertThat(reader.out()).contains("<redacted:us_ssn>");
        assertThat(reader.err()).contains("redacted");
        assertThat(raw.out()).contains("219-09-0002", "219-09-0003", "219-09-0004");
    }

    @Test
    void a_saved_copy_says_that_it_is_redacted() throws Exception {
        var raw = Ran.sfguard(stage.ana().home().folder(), "replay", "--raw", session);
        Path file = folder.resolve("copy.ndjson");
        Files.writeString(file, raw.out());

        var replayed = Ran.sfguard(folder, "replay", "--text", file.toString());

        assertThat(replayed.status()).isZero();
        assertThat(replayed.err()).contains("redacted for you");
        assertThat(replayed.out()).contains("from customers where name = ");
    }

    @Test
    void terminal_escapes_stay_harmless() throws Exception {
        var shown = Ran.sfguard(stage.ana().home().folder(), "replay", "--text", "-v", session);

        assertThat(shown.out()).contains("owned").doesNotContain("\u001b").doesNotContain("\u0007");
    }

    @Test
    void people_see_their_own_as_it_was() throws Exception {
        try (var connection = stage.ana().jdbc();
                var statement = connection.createStatement()) {
            statement.execute("select '219-09-0009' as mine");
        }
        String own = "";
        for (var each : Recorded.sessions(stage)) {
            own =
                    own.isEmpty() && each.path("user").asText().startsWith("ana")
                            ? each.path("id").asText()
                            : own;
        }

        var shown = Ran.sfguard(stage.ana().home().folder(), "replay", "--raw", own);

        assertThat(shown.out()).contains("219-09-0009");
        assertThat(shown.err()).doesNotContain("redacted");
    }
}
