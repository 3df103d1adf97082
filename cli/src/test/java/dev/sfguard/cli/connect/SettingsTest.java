package dev.sfguard.cli.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.cli.CapturedStreams;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    private static final Settings SETTINGS =
            new Settings("prod", 18443, "ana@shop.example", "s3cret");

    @TempDir private Path folder;

    @Test
    void connect_prints_settings_that_can_be_pasted() {
        assertThat(SETTINGS.text())
                .isEqualTo(
                        """
                        prod is at 127.0.0.1:18443

                        JDBC
                          jdbc:snowflake://127.0.0.1:18443/?account=prod&ssl=off&disablePlatformDetection=true
                          user ana@shop.example, password s3cret

                        Python
                          snowflake.connector.connect(account="prod", user="ana@shop.example", password="s3cret",
                              host="127.0.0.1", port=18443, protocol="http")

                        Node
                          snowflake.createConnection({account: "prod", username: "ana@shop.example", password: "s3cret",
                              accessUrl: "http://127.0.0.1:18443"})

                        snow
                          snow sql --temporary-connection --account "prod" --user "ana@shop.example" \\
                              --host 127.0.0.1 --port 18443 --protocol http
                          with SNOWFLAKE_PASSWORD=s3cret

                        dbt (profiles.yml)
                          type: snowflake
                          account: "prod"
                          user: "ana@shop.example"
                          password: "s3cret"
                          host: 127.0.0.1
                          port: 18443
                          protocol: http
                        """);
    }

    @Test
    void every_value_of_connections_toml_is_quoted() {
        assertThat(new Settings("pro\"d", 18443, "ana", "s\\3").connectionsToml())
                .isEqualTo(
                        """
                        ["pro\\"d"]
                        account = "pro\\"d"
                        user = "ana"
                        password = "s\\\\3"
                        host = "127.0.0.1"
                        port = "18443"
                        protocol = "http"
                        """);
    }

    @Test
    void settings_print_no_password_by_accident() {
        assertThat(SETTINGS).hasToString("Settings[prod at 18443]");
    }

    @Test
    void a_command_runs_with_the_settings_and_its_status_counts() throws Exception {
        var seen = folder.resolve("seen");
        int status =
                run(
                        "sh",
                        "-c",
                        "cat \"$SNOWFLAKE_HOME/connections.toml\" > \"$0\";"
                                + " stat -c %a \"$SNOWFLAKE_HOME\" >> \"$0\";"
                                + " echo \"$SNOWFLAKE_HOME $SNOWFLAKE_PORT $SFGUARD_JDBC_URL\" >> \"$0\";"
                                + " exit 42",
                        seen.toString());

        assertThat(status).isEqualTo(42);
        var lines = Files.readAllLines(seen);
        assertThat(String.join("\n", lines.subList(0, 7)) + "\n")
                .isEqualTo(SETTINGS.connectionsToml());
        assertThat(lines.get(7)).isEqualTo("700");
        assertThat(lines.get(8)).endsWith(" 18443 " + SETTINGS.jdbcUrl());
        assertThat(Path.of(lines.get(8).split(" ", 2)[0])).doesNotExist();
    }

    @Test
    void a_command_that_is_not_there_is_127() throws Exception {
        assertThat(run("no-such-command-anywhere")).isEqualTo(127);
    }

    private static int run(String... command) throws Exception {
        var world = new CapturedStreams().variable("PATH", System.getenv("PATH"));
        return new CommandRun(SETTINGS, List.of(command)).run(world.streams());
    }
}
