package dev.sfguard.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sfguard.agent.login.DevicePrompt;
import dev.sfguard.agent.login.Login;
import dev.sfguard.gateway.identity.Secret;
import dev.sfguard.sandbox.issuer.DeviceApprover;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LoginTest {
    private static final String OTHER_PIN = "SHA256:" + "a".repeat(43);

    @TempDir private Path folder;
    private TestGateway gateway;
    private AgentHome home;
    private Login login;

    @BeforeEach
    void start() throws Exception {
        gateway = new TestGateway(Duration.ofMinutes(10));
        home = AgentHome.of(folder.resolve("home"));
        login = new Login(home);
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
    }

    @Test
    void a_person_signs_in_with_a_device_and_reaches_the_api() throws Exception {
        var profile = login.device(gateway.pinned(), HostKeyQuestion.NOBODY, approving());

        assertThat(profile.user()).isEqualTo("ana@shop.example");
        assertThat(profile.groups()).containsExactly("analysts");
        assertThat(profile.gatewayId()).isEqualTo("gw-1");
        assertThat(home.refreshToken()).isPresent();
        try (var api = ApiClient.open(home)) {
            assertThat(api.get("/v1/whoami").path("user").asText()).isEqualTo("ana@shop.example");
            assertThat(api.get("/v1/whoami").path("user").asText()).isEqualTo("ana@shop.example");
        }
    }

    @Test
    void a_person_confirms_the_host_key_once() throws Exception {
        var asked = new AtomicReference<String>();
        login.token(
                gateway.unpinned(),
                (address, fingerprint) -> {
                    asked.set(fingerprint);
                    return true;
                },
                Secret.of(gateway.idToken()));
        assertThat(Optional.of(asked.get())).isEqualTo(gateway.pinned().pin());

        var again = login.token(gateway.unpinned(), HostKeyQuestion.NOBODY, token());
        assertThat(again.gateway()).isEqualTo(gateway.pinned());
    }

    @Test
    void an_unknown_host_key_ends_the_login_before_the_token_leaves() {
        assertThatThrownBy(() -> login.token(gateway.unpinned(), HostKeyQuestion.NOBODY, token()))
                .isInstanceOfSatisfying(
                        AgentFailure.HostKeyUnknown.class,
                        unknown ->
                                assertThat(Optional.of(unknown.shown()))
                                        .isEqualTo(gateway.pinned().pin()));
        assertThat(gateway.certificates).hasValue(0);
        assertThat(gateway.issuer.requests("/device_authorization")).isZero();
        assertThat(folder.resolve("home")).doesNotExist();
    }

    @Test
    void a_wrong_host_key_ends_the_login_before_the_token_leaves() throws Exception {
        var token = token();
        assertThatThrownBy(
                        () ->
                                login.token(
                                        gateway.unpinned().pinned(OTHER_PIN),
                                        HostKeyQuestion.NOBODY,
                                        token))
                .isInstanceOfSatisfying(
                        AgentFailure.HostKeyMismatch.class,
                        wrong -> assertThat(wrong.pinned()).isEqualTo(OTHER_PIN));
        // The token was not used up: it was never sent.
        assertThat(login.token(gateway.pinned(), HostKeyQuestion.NOBODY, token).user())
                .isEqualTo("ana@shop.example");
    }

    @Test
    void a_refused_token_is_not_in_any_text() throws Exception {
        assertThatThrownBy(
                        () ->
                                login.token(
                                        gateway.pinned(),
                                        HostKeyQuestion.NOBODY,
                                        Secret.of("canary-token")))
                .isInstanceOf(AgentFailure.TokenRefused.class)
                .satisfies(
                        failure -> {
                            var text = new StringWriter();
                            failure.printStackTrace(new PrintWriter(text));
                            assertThat(text.toString()).doesNotContain("canary");
                        });
        assertThat(home.profile()).isEmpty();
    }

    @Test
    void a_token_works_once() throws Exception {
        var token = token();
        login.token(gateway.pinned(), HostKeyQuestion.NOBODY, token);
        var before = home.certificate();
        assertThatThrownBy(() -> login.token(gateway.pinned(), HostKeyQuestion.NOBODY, token))
                .isInstanceOf(AgentFailure.TokenRefused.class);
        assertThat(home.certificate()).isEqualTo(before);
    }

    @Test
    void a_workload_signs_in_with_a_file() throws Exception {
        var file = folder.resolve("token");
        Files.writeString(file, gateway.issuer.workloadToken("robot") + "\n");
        var profile = login.tokenFile(gateway.pinned(), HostKeyQuestion.NOBODY, file);
        assertThat(profile.tokenFile()).contains(file.toAbsolutePath());

        Files.writeString(file, "two words");
        assertThatThrownBy(() -> login.tokenFile(gateway.pinned(), HostKeyQuestion.NOBODY, file))
                .isInstanceOf(AgentFailure.SignInRefused.class)
                .hasMessageNotContaining("two words");
        Files.delete(file);
        assertThatThrownBy(() -> login.tokenFile(gateway.pinned(), HostKeyQuestion.NOBODY, file))
                .isInstanceOf(AgentFailure.SignInRefused.class)
                .hasMessageContaining("there is no token file");
    }

    @Test
    void a_gateway_that_is_away_is_named() throws Exception {
        var place = gateway.pinned();
        gateway.stop();
        assertThatThrownBy(() -> login.token(place, HostKeyQuestion.NOBODY, token()))
                .isInstanceOfSatisfying(
                        AgentFailure.GatewayUnreachable.class,
                        away -> {
                            assertThat(away.gateway()).isEqualTo(place.place());
                            assertThat(away.why()).isEqualTo("connection refused");
                        });
    }

    @Test
    void what_is_no_ssh_server_is_named() throws Exception {
        try (var web = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual()
                    .start(
                            () -> {
                                try (var client = web.accept()) {
                                    client.getOutputStream()
                                            .write(
                                                    "HTTP/1.1 400 Bad\r\n\r\n"
                                                            .getBytes(StandardCharsets.US_ASCII));
                                } catch (java.io.IOException e) {
                                    throw new AssertionError(e);
                                }
                            });
            var place = new GatewayAddress("127.0.0.1", web.getLocalPort(), Optional.of(OTHER_PIN));
            assertThatThrownBy(() -> login.token(place, HostKeyQuestion.NOBODY, token()))
                    .isInstanceOf(AgentFailure.GatewayFault.class);
        }
    }

    @Test
    void nobody_signed_in_is_said() {
        assertThatThrownBy(() -> ApiClient.open(home)).isInstanceOf(AgentFailure.LoginNeeded.class);
    }

    private Secret token() {
        return Secret.of(gateway.idToken());
    }

    static DevicePrompt.Screen approving() {
        return prompt -> {
            try {
                DeviceApprover.approve(prompt.pageWithCode().orElseThrow(), "ana", "ana-pw");
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        };
    }
}
