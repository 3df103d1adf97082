package dev.sfguard.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.cli.CapturedStreams;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A policy that changes under a running session.
class PolicyReloadIT {
    private static final String FROZEN =
            """
            rules:
              - name: frozen
                match: {statement: SELECT}
                effect: block
                message: "Frozen until Monday."
            """;

    @TempDir private Path folder;

    @Test
    void a_running_session_and_the_list_of_connections_follow_it() throws Exception {
        try (var stage = Stage.raise(folder);
                var connection = stage.ana().jdbc();
                var statement = connection.createStatement()) {
            var file = folder.resolve("gateway/policy.yaml");
            var first = Files.readString(file);
            assertThat(answer(statement)).isEqualTo("1");
            assertThat(connections()).contains("ANALYST_RW");

            Files.writeString(
                    file,
                    first.replace("rules:\n", FROZEN).replace("ANALYST_RW", "ANALYST_READER"));
            Await.until(() -> answer(statement).contains("Frozen until Monday."));
            assertThat(connections()).contains("ANALYST_READER");

            Files.writeString(file, first);
            Await.until(() -> answer(statement).equals("1"));
            assertThat(check()).contains("ok       policy: the running gateway has it, since ");

            Files.writeString(file, first + "rulez: []\n");
            var state = folder.resolve("gateway/policy-state.json");
            Await.until(() -> Files.readString(state).contains("refused"));
            assertThat(check())
                    .contains("warning  policy: the running gateway refused the file at ")
                    .contains("FAILED   policy: policy.yaml:")
                    .contains("unknown key \"rulez\"");
            assertThat(answer(statement)).isEqualTo("1");
        }
    }

    private String check() {
        var world = new CapturedStreams(folder);
        world.run(
                "gateway", "check", "--config", folder.resolve("gateway/gateway.yaml").toString());
        return world.out();
    }

    private static String answer(Statement statement) {
        try (var rows = statement.executeQuery("select 1")) {
            return rows.next() ? rows.getString(1) : "nothing";
        } catch (SQLException refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    private String connections() {
        var world =
                new CapturedStreams(folder)
                        .variable("SFGUARD_HOME", folder.resolve("ana").toString());
        world.run("connections", "-o", "json");
        return world.out() + world.err();
    }
}
