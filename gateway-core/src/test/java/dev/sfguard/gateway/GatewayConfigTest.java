package dev.sfguard.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.sfguard.gateway.approval.Webhook;
import dev.sfguard.gateway.yaml.YamlProblems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatewayConfigTest {
    @TempDir Path folder;
    private Path file = Path.of("gateway.yaml");

    @BeforeEach
    void create() throws IOException {
        NewGateway.create(folder.resolve("gw"), "gw", "SFGUARD");
        file = folder.resolve("gw/gateway.yaml");
    }

    private GatewayConfig with(String lines) throws IOException, YamlProblems {
        Files.writeString(file, Files.readString(file) + lines + "\n");
        return GatewayConfig.read(file);
    }

    @Test
    void nobody_is_an_admin_unless_the_file_says_so() throws Exception {
        assertThat(with("").admins()).isEmpty();
        assertThat(with("admins: [security, dba]").admins())
                .containsExactlyInAnyOrder("security", "dba");
    }

    @Test
    void admins_that_name_nobody_are_a_problem() {
        assertThatThrownBy(() -> with("admins: []"))
                .isInstanceOf(YamlProblems.class)
                .hasMessageContaining("\"admins\" is an empty list");
    }

    @Test
    void admins_are_groups() {
        assertThatThrownBy(() -> with("admins: [\" \", {a: b}]"))
                .isInstanceOf(YamlProblems.class)
                .hasMessageContaining("a group of admins needs a name")
                .hasMessageContaining("admins");
    }

    @Test
    void webhooks_have_an_address_a_format_and_a_key() throws Exception {
        Files.writeString(folder.resolve("gw/chat"), "https://chat.example/hooks/T0/B0\n");
        Files.writeString(folder.resolve("gw/key"), "sesame\n");

        var webhooks =
                with("""
                        approvals:
                          webhooks:
                            - {url: "file:chat", format: slack}
                            - {name: audit, url: "http://127.0.0.1:9/x", secret: "file:key"}
                        """)
                        .webhooks();

        assertThat(webhooks)
                .extracting(Webhook::name, Webhook::format)
                .containsExactly(
                        tuple("chat.example", Webhook.Format.SLACK),
                        tuple("audit", Webhook.Format.JSON));
        assertThat(webhooks.getFirst().url().reveal())
                .isEqualTo("https://chat.example/hooks/T0/B0");
        assertThat(webhooks.getLast().signing().orElseThrow().reveal()).isEqualTo("sesame");
    }

    @Test
    void every_problem_of_the_webhooks_is_told() {
        assertThatThrownBy(
                        () ->
                                with(
                                        """
                                        approvals:
                                          webhooks:
                                            - {url: "http://chat.example/x", format: teams}
                                            - {url: "https://chat.example/y", secret: sesame}
                                            - {url: "https://chat.example/z", secret: "file:none"}
                                          to: dba
                                        """))
                .isInstanceOf(YamlProblems.class)
                .hasMessageContaining("an https:// URL (http:// only to loopback)")
                .hasMessageContaining("json or slack")
                .hasMessageContaining("\"secret\" must be file:PATH")
                .hasMessageContaining("cannot read the file")
                .hasMessageContaining("two webhooks are called \"chat.example\"")
                .hasMessageContaining("unknown key \"to\"");
    }
}
