package dev.sfguard.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sfguard.gateway.identity.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentHomeTest {
    private static final String PIN = "SHA256:" + "a".repeat(43);

    @TempDir private Path folder;

    @Test
    void the_environment_says_where_the_home_is() {
        var user = Path.of("/home/ana");
        assertThat(AgentHome.resolve(Map.of("SFGUARD_HOME", "/tmp/x"), user).folder())
                .isEqualTo(Path.of("/tmp/x"));
        assertThat(AgentHome.resolve(Map.of("XDG_STATE_HOME", "/state"), user).folder())
                .isEqualTo(Path.of("/state/sfguard"));
        assertThat(AgentHome.resolve(Map.of("SFGUARD_HOME", ""), user).folder())
                .isEqualTo(Path.of("/home/ana/.local/state/sfguard"));
    }

    @Test
    void the_folder_is_closed_to_others_and_so_is_every_file() throws Exception {
        var path = folder.resolve("open");
        Files.createDirectory(
                path,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        var home = AgentHome.of(path);

        home.saveKeys(Secret.of("key"), "public", "certificate");
        home.saveRefreshToken(Optional.of(Secret.of("token")));
        home.save(profile());

        assertThat(permissions(path)).isEqualTo("rwx------");
        try (var files = Files.list(path)) {
            assertThat(files).hasSize(6).allMatch(file -> permissions(file).equals("rw-------"));
        }
    }

    @Test
    void a_profile_comes_back_as_it_was_saved() throws Exception {
        var home = AgentHome.of(folder);
        home.save(profile());

        assertThat(home.profile()).contains(profile());
        assertThat(home.knownGateway()).contains(GatewayAddress.parse("gw.example:22#" + PIN));
    }

    @Test
    void a_damaged_profile_is_named_and_not_guessed_at() throws Exception {
        var home = AgentHome.of(folder);
        for (var text : List.of("", "{", "[]", "{\"gateway\":\"x\"}", "null")) {
            home.write("profile.json", text);
            assertThatThrownBy(home::profile)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("profile.json cannot be used");
        }
    }

    @Test
    void logout_leaves_the_host_key_and_nothing_else() throws Exception {
        var home = AgentHome.of(folder);
        home.saveKeys(Secret.of("key"), "public", "certificate");
        home.saveRefreshToken(Optional.of(Secret.of("token")));
        home.save(profile());

        home.signOut();

        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactly("gateway");
        }
        assertThat(home.profile()).isEmpty();
    }

    @Test
    void a_socket_fits_the_kernel_however_deep_the_home_lies() throws Exception {
        var deep = AgentHome.of(folder.resolve("d".repeat(120)));
        var socket = deep.socket("agent.sock");
        assertThat(socket.toString().length()).isLessThan(104);
        assertThat(permissions(socket.getParent())).isEqualTo("rwx------");
        Files.delete(socket.getParent());
    }

    private static Profile profile() {
        return new Profile(
                GatewayAddress.parse("gw.example:22#" + PIN),
                "gw-1",
                Optional.of("https://issuer.example"),
                Optional.of("sfguard-cli"),
                Optional.empty(),
                "ana@shop.example",
                "ana@shop.example",
                "human",
                List.of("analysts"),
                Instant.parse("2026-11-23T14:00:00Z"),
                Instant.parse("2026-11-23T14:30:00Z"));
    }

    private static String permissions(Path path) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
