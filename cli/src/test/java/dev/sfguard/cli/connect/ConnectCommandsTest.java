package dev.sfguard.cli.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.cli.CapturedStreams;
import dev.sfguard.cli.ExitCode;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectCommandsTest {
    @TempDir private Path home;

    @Test
    void what_needs_a_login_says_so() {
        for (var command : new String[] {"whoami", "connections", "connect"}) {
            var world = world();
            assertThat(world.run(command)).as(command).isEqualTo(ExitCode.LOGIN);
            assertThat(world.err())
                    .isEqualTo(
                            """
                            sfguard: You are not signed in.
                              Nobody is signed in.
                              Sign in: sfguard login
                            """);
        }
    }

    @Test
    void login_needs_a_gateway() {
        var world = world();
        assertThat(world.run("login")).isEqualTo(ExitCode.USAGE);
        assertThat(world.err()).startsWith("sfguard: No gateway is known.\n");

        var wrong = world();
        assertThat(wrong.run("login", "http://gw")).isEqualTo(ExitCode.USAGE);
        assertThat(wrong.err()).startsWith("sfguard: \"http://gw\" is no gateway.\n");
    }

    @Test
    void a_gateway_that_is_away_is_exit_code_3() throws IOException {
        int closed;
        try (var socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }
        var world = world();
        assertThat(world.run("login", "127.0.0.1:" + closed)).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(world.err())
                .startsWith(
                        "sfguard: Cannot reach the gateway 127.0.0.1:"
                                + closed
                                + ".\n  Connection refused.\n");
    }

    @Test
    void what_needs_no_agent_works_without_one() {
        var logout = world();
        assertThat(logout.run("logout")).isEqualTo(ExitCode.DONE);
        assertThat(logout.err()).isEqualTo("Nobody was signed in.\n");
        var stop = world();
        assertThat(stop.run("agent", "stop")).isEqualTo(ExitCode.DONE);
        assertThat(stop.err()).isEqualTo("No agent runs.\n");
        var status = world();
        assertThat(status.run("agent", "status", "-o", "json")).isEqualTo(ExitCode.DONE);
        assertThat(status.out().strip()).isEqualTo("[]");
        var logs = world();
        assertThat(logs.run("agent", "logs")).isEqualTo(ExitCode.DONE);
    }

    @Test
    void options_that_make_no_sense_together_are_refused() {
        assertThat(world().run("connect", "prod", "--port", "0")).isEqualTo(ExitCode.USAGE);
        assertThat(world().run("connect", "prod", "--detach", "--", "true"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(world().run("login", "gw", "--device", "--token-file", "x"))
                .isEqualTo(ExitCode.USAGE);
    }

    private CapturedStreams world() {
        return new CapturedStreams(home).variable("SFGUARD_HOME", home.toString());
    }
}
