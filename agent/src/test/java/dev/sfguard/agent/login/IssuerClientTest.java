package dev.sfguard.agent.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.agent.AgentFailure;
import dev.sfguard.gateway.identity.Secret;
import dev.sfguard.sandbox.issuer.DevIssuer;
import dev.sfguard.sandbox.issuer.DevIssuerSettings;
import dev.sfguard.sandbox.issuer.DeviceApprover;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class IssuerClientTest {
    private DevIssuer issuer;

    @BeforeEach
    void start() throws Exception {
        issuer = DevIssuer.start(DevIssuerSettings.demo());
    }

    @AfterEach
    void stop() {
        issuer.close();
    }

    @Test
    void a_person_who_approves_late_is_signed_in() throws Exception {
        var polls = new AtomicInteger();
        var page = new URI[1];
        var tokens =
                client().device(
                                new DevicePrompt.Screen() {
                                    @Override
                                    public void show(DevicePrompt prompt) {
                                        page[0] = prompt.pageWithCode().orElseThrow();
                                        assertThat(prompt.code()).isNotEmpty();
                                    }

                                    @Override
                                    public void waiting(Duration left) {
                                        // The first poll is answered "pending".
                                        if (polls.incrementAndGet() == 2) {
                                            approve(page[0]);
                                        }
                                    }
                                });
        assertThat(polls.get()).isEqualTo(2);
        String payload = tokens.idToken().reveal().split("\\.", -1)[1];
        var claims = new ObjectMapper().readTree(Base64.getUrlDecoder().decode(payload));
        assertThat(claims.path("email").asText()).isEqualTo("ana@shop.example");

        var renewed = client().refresh(tokens.refresh().orElseThrow());
        assertThat(renewed.idToken()).isNotEqualTo(tokens.idToken());
        assertThatThrownBy(() -> client().refresh(tokens.refresh().orElseThrow()))
                .isInstanceOf(AgentFailure.LoginNeeded.class);
    }

    @Test
    void a_person_who_refuses_ends_the_login() {
        assertThatThrownBy(
                        () ->
                                client().device(
                                                prompt -> {
                                                    try {
                                                        DeviceApprover.deny(
                                                                prompt.pageWithCode()
                                                                        .orElseThrow());
                                                    } catch (Exception e) {
                                                        throw new AssertionError(e);
                                                    }
                                                }))
                .isInstanceOf(AgentFailure.SignInRefused.class)
                .hasMessage("the login was refused");
    }

    @Test
    void a_code_that_nobody_uses_expires() throws Exception {
        issuer.close();
        var usual = DevIssuerSettings.demo();
        issuer =
                DevIssuer.start(
                        new DevIssuerSettings(
                                0,
                                usual.users(),
                                usual.clients(),
                                usual.audience(),
                                usual.accessTokenLife(),
                                usual.idTokenLife(),
                                usual.refreshTokenLife(),
                                Duration.ofSeconds(2),
                                usual.pollInterval(),
                                Clock.systemUTC()));
        assertThatThrownBy(() -> client().device(prompt -> {}))
                .isInstanceOf(AgentFailure.SignInRefused.class)
                .hasMessageContaining("expired");
    }

    @Test
    void an_issuer_that_is_away_or_is_none_is_named() throws Exception {
        int closed;
        try (var socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }
        assertThatThrownBy(
                        () -> IssuerClient.discover(URI.create("http://127.0.0.1:" + closed), "c"))
                .isInstanceOf(AgentFailure.IssuerUnreachable.class)
                .hasMessageContaining("connection refused");
        assertThatThrownBy(() -> IssuerClient.discover(URI.create(issuer.uri() + "/token"), "c"))
                .isInstanceOf(AgentFailure.class);
    }

    @Test
    void an_issuer_in_plain_text_across_a_network_is_refused() {
        assertThatThrownBy(() -> IssuerClient.discover(URI.create("http://login.example"), "c"))
                .isInstanceOf(AgentFailure.IssuerFault.class)
                .hasMessageContaining("not https");
    }

    @Test
    void an_unknown_client_is_told_what_the_issuer_says() throws Exception {
        var stranger = IssuerClient.discover(issuer.uri(), "stranger");
        assertThatThrownBy(() -> stranger.device(prompt -> {}))
                .isInstanceOf(AgentFailure.IssuerFault.class)
                .hasMessageContaining("the issuer says");
    }

    @Test
    void no_failure_quotes_a_refresh_token() throws Exception {
        var client = client();
        assertThatThrownBy(() -> client.refresh(Secret.of("canary-refresh-token")))
                .isInstanceOf(AgentFailure.LoginNeeded.class)
                .hasStackTraceContaining("LoginNeeded")
                .satisfies(
                        failure ->
                                assertThat(failure.toString() + failure.getCause())
                                        .doesNotContain("canary"));
    }

    private IssuerClient client() throws AgentFailure {
        return IssuerClient.discover(issuer.uri(), "sfguard-cli");
    }

    private static void approve(URI page) {
        try {
            DeviceApprover.approve(page, "ana", "ana-pw");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
