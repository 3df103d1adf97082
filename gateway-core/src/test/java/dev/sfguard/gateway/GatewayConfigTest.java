package dev.sfguard.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
}
