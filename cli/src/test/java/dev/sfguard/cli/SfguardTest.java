package dev.sfguard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SfguardTest {
    private final CapturedStreams world = new CapturedStreams();

    @Test
    void without_arguments_the_list_of_commands_goes_to_stderr_as_wrong_usage() {
        assertThat(world.run()).isEqualTo(ExitCode.USAGE);
        assertThat(world.out()).isEmpty();
        assertThat(world.err())
                .startsWith("sfguard stands between people or AI agents and Snowflake");
    }

    @Test
    void help_is_data_when_asked_for() {
        assertThat(world.run("--help")).isEqualTo(ExitCode.DONE);
        assertThat(world.out()).contains("Usage: sfguard");
        assertThat(world.err()).isEmpty();
    }

    @Test
    void an_unknown_command_is_refused_in_three_sentences() {
        assertThat(world.run("frobnicate")).isEqualTo(ExitCode.USAGE);
        assertThat(world.err())
                .isEqualTo(
                        """
                        sfguard: There is no command "frobnicate" in sfguard.
                          See: sfguard --help
                        """);
    }

    @Test
    void an_unknown_option_before_the_command_is_refused() {
        assertThat(world.run("--frob", "exec")).isEqualTo(ExitCode.USAGE);
        assertThat(world.err()).startsWith("sfguard: Unknown option: --frob.\n");
    }

    @Test
    void version_names_the_program() {
        assertThat(world.run("--version")).isEqualTo(ExitCode.DONE);
        assertThat(world.out()).startsWith("sfguard ");
    }

    @Test
    void every_command_shows_an_example_in_its_help() {
        for (var path : paths(Commands.all(), List.of())) {
            var own = new CapturedStreams();
            var args = new ArrayList<>(path);
            args.add("--help");
            assertThat(own.run(args.toArray(String[]::new))).isEqualTo(ExitCode.DONE);
            assertThat(own.out())
                    .as("help of " + path)
                    .contains("Example", "sfguard " + path.getFirst());
            assertThat(own.err()).isEmpty();
        }
    }

    @Test
    void an_unknown_fault_shows_no_stack_trace_unless_asked() {
        var fault = new IllegalStateException("the\u001b[31m queue is empty");
        assertThat(new ErrorPrinter(world.streams()).print(fault)).isEqualTo(ExitCode.INTERNAL);
        assertThat(world.err())
                .isEqualTo(
                        """
                        sfguard: Internal error: IllegalStateException: the\u241b[31m queue is empty
                          This is a fault of sfguard, not of yours.
                          Run it again with --debug and report what it prints.
                        """);

        var asked = new CapturedStreams();
        var debug = asked.streams().with(new Streams.Manner(false, false, true));
        new ErrorPrinter(debug).print(fault);
        assertThat(asked.err()).contains("\tat dev.sfguard.cli.SfguardTest");
    }

    @Test
    void a_reader_that_leaves_ends_the_command_quietly() {
        var gone = new PrintStream(new Gone("Broken pipe"), true, StandardCharsets.UTF_8);
        assertThat(Sfguard.run(world.streams().withOut(gone), "--help"))
                .isEqualTo(ExitCode.PIPE_CLOSED);
        assertThat(world.err()).isEmpty();
    }

    @Test
    void a_full_disk_under_the_output_is_an_error() {
        var full =
                new PrintStream(new Gone("No space left on device"), true, StandardCharsets.UTF_8);
        assertThat(Sfguard.run(world.streams().withOut(full), "--help"))
                .isEqualTo(ExitCode.INTERNAL);
        assertThat(world.err()).startsWith("sfguard: The output could not be written.\n");
    }

    @Test
    void exit_codes_never_change_their_numbers() {
        var table = new StringBuilder();
        for (var code : ExitCode.values()) {
            table.append(code).append(' ').append(code.status()).append('\n');
        }
        assertThat(table)
                .hasToString(
                        """
                        DONE 0
                        INTERNAL 1
                        USAGE 2
                        UNREACHABLE 3
                        PROTOCOL 4
                        SQL_ERROR 5
                        LOGIN 10
                        BLOCKED 11
                        PENDING 12
                        DENIED 13
                        WAIT_TIMED_OUT 14
                        STALE 15
                        NOT_RECORDED 16
                        LIMIT 17
                        PARTIAL 18
                        INTERRUPTED 130
                        PIPE_CLOSED 141
                        TERMINATED 143
                        """);
    }

    private static List<List<String>> paths(List<Commands.Entry> entries, List<String> above) {
        var paths = new ArrayList<List<String>>();
        for (var entry : entries) {
            var path = new ArrayList<>(above);
            path.add(entry.name());
            paths.add(path);
            paths.addAll(paths(entry.children(), path));
        }
        return paths;
    }

    private static final class Gone extends OutputStream {
        private final String why;

        Gone(String why) {
            this.why = why;
        }

        @Override
        public void write(int one) {
            throw new OutputClosed(new IOException(why));
        }
    }
}
