package dev.sfguard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SessionsCommandTest {
    private static final String SUMMARY =
            """
            {"id":"01KARJ7X0RF5N9QZ3T6V8W2Y4B","state":"closed","group":"g","user":"ana@acme.io",
             "subject":"s","issuer":"i","kind":"human","application":"dbt","driver":"JDBC",
             "driver_version":"4.4.1","connection":"prod","role":"RO",
             "started":"2026-11-23T14:02:11Z","ended":"2026-11-23T14:05:41Z",
             "events":30,"statements":6,"blocked":1,"rows":1034,"bytes":9306}""";

    private final CapturedStreams world = new CapturedStreams();
    private final List<String> asked = new ArrayList<>();

    private ExitCode run(String answer, String... args) throws Exception {
        var command =
                new SessionsCommand(
                        (_, path) -> {
                            asked.add(path);
                            return new ByteArrayInputStream(
                                    answer.getBytes(StandardCharsets.UTF_8));
                        });
        new CommandLine(command).parseArgs(args);
        return command.run(world.streams());
    }

    @Test
    void sessions_are_a_table() throws Exception {
        assertThat(run("[" + SUMMARY + "]")).isEqualTo(ExitCode.DONE);
        assertThat(world.out().lines().skip(2))
                .singleElement()
                .asString()
                .startsWith(
                        "01KARJ7X0RF5N9QZ3T6V8W2Y4B  closed  2026-11-23T14:02:11Z  ana@acme.io");
        assertThat(asked).containsExactly("/v1/sessions?limit=50");
    }

    @Test
    void table_fits_a_terminal() throws Exception {
        world.onTerminal();
        run("[" + SUMMARY + "]");
        assertThat(world.out().lines().skip(1))
                .allMatch(line -> line.length() <= 120)
                .noneMatch(line -> line.contains("dbt"));
    }

    @Test
    void formats_for_machines_have_all_columns_on_a_terminal_too() throws Exception {
        world.onTerminal();
        run("[" + SUMMARY + "]", "-o", "csv");
        assertThat(world.out())
                .startsWith(
                        "id,state,started,user,connection,role,application,statements,blocked,"
                                + "rows,bytes,ended");
    }

    @Test
    void options_travel_to_the_gateway() throws Exception {
        run(
                "[]",
                "--live",
                "--blocked",
                "--user",
                "a&b@acme.io",
                "--since",
                "2h",
                "--until",
                "2026-11-23T14:00:00Z",
                "--limit",
                "5");
        assertThat(asked)
                .containsExactly(
                        "/v1/sessions?limit=5&live=true&blocked=true&user=a%26b%40acme.io"
                                + "&since=2026-11-23T12%3A02%3A11Z&until=2026-11-23T14%3A00%3A00Z");
    }

    @Test
    void one_session_shows_its_statements() throws Exception {
        run(
                """
                {"session":%s,"statements":[{"id":3,"state":"blocked","at":"2026-11-23T14:05:10Z",
                 "text":"DROP DATABASE shop","rule":"no-drop","message":"Nobody drops","rows":0,
                 "bytes":0,"masked_cells":0,"micros":700}]}"""
                        .formatted(SUMMARY),
                "01KARJ7X0RF5N9QZ3T6V8W2Y4B",
                "-o",
                "json");
        assertThat(asked).containsExactly("/v1/sessions/01KARJ7X0RF5N9QZ3T6V8W2Y4B");
        assertThat(world.out())
                .contains("\"state\":\"blocked\"")
                .contains("\"rule\":\"no-drop\"")
                .contains("\"ms\":0.700")
                .contains("\"query_id\":null");
    }

    @Test
    void an_odd_time_is_refused_before_anything_is_asked() {
        assertThat(world.run("sessions", "--since", "yesterday")).isEqualTo(ExitCode.USAGE);
        assertThat(world.err()).contains("--since is yesterday.");
        assertThat(world.run("sessions", "../../x")).isEqualTo(ExitCode.USAGE);
        assertThat(world.run("sessions", "--limit", "0")).isEqualTo(ExitCode.USAGE);
    }
}
