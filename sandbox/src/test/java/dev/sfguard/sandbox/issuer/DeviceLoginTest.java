package dev.sfguard.sandbox.issuer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationSuccessResponse;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeviceLoginTest {
    private static final String SCOPE = "openid email offline_access";

    private final SettableClock clock = new SettableClock();
    private DevIssuer issuer;
    private NimbusClient client;

    @BeforeEach
    void start() throws Exception {
        issuer = DevIssuer.start(DevIssuerSettings.demo().withClock(clock));
        client = new NimbusClient(issuer.uri());
    }

    @AfterEach
    void stop() {
        issuer.close();
    }

    @Test
    void person_signs_in_and_both_tokens_say_who() throws Exception {
        var login = client.start(SCOPE);
        assertThat(NimbusClient.error(client.poll(login))).isEqualTo("authorization_pending");

        approve(login);
        OIDCTokens tokens = NimbusClient.tokens(client.poll(login));

        var id = client.validIdToken(tokens);
        assertThat(id.getSubject()).isEqualTo("ana");
        assertThat(id.getAudience()).containsExactly("sfguard-cli");
        assertThat(id.getStringClaim("email")).isEqualTo("ana@shop.example");
        assertThat(id.getStringListClaim("groups")).containsExactly("analysts");
        assertThat(id.getJWTID()).isNotEmpty();
        var access = client.validAccessToken(tokens.getAccessToken().getValue());
        assertThat(access.getAudience()).containsExactly("sfguard");
        assertThat(access.getStringClaim("client_id")).isEqualTo("sfguard-cli");
        assertThat(access.getClaim("gty")).isNull();
        assertThat(access.getJWTID()).isNotEqualTo(id.getJWTID());
    }

    @Test
    void replayed_device_code_revokes_what_it_gave() throws Exception {
        var login = client.start(SCOPE);
        approve(login);
        OIDCTokens tokens = NimbusClient.tokens(client.poll(login));

        assertThat(NimbusClient.error(client.poll(login))).isEqualTo("invalid_grant");
        assertThat(NimbusClient.error(client.refresh(tokens.getRefreshToken())))
                .isEqualTo("invalid_grant");
    }

    @Test
    void device_code_polled_by_many_at_once_gives_tokens_once() throws Exception {
        var login = client.start(SCOPE);
        approve(login);

        Callable<Boolean> poll = () -> client.poll(login).indicatesSuccess();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = threads.invokeAll(List.of(poll, poll, poll, poll, poll, poll));
            long successes = 0;
            for (var answer : answers) {
                successes += answer.get() ? 1 : 0;
            }
            assertThat(successes).isEqualTo(1);
        }
    }

    @Test
    void wrong_code_verifier_gets_nothing_and_spoils_nothing() throws Exception {
        var login = client.start(SCOPE);
        approve(login);

        assertThat(NimbusClient.error(client.poll(login, "x".repeat(43))))
                .isEqualTo("invalid_grant");
        assertThat(client.poll(login).indicatesSuccess()).isTrue();
    }

    @Test
    void hasty_polls_are_slowed_down_by_five_seconds_each() throws Exception {
        var login = client.start(SCOPE);
        assertThat(NimbusClient.error(client.poll(login))).isEqualTo("authorization_pending");
        clock.advance(Duration.ofMillis(100));
        assertThat(NimbusClient.error(client.poll(login))).isEqualTo("slow_down");
        clock.advance(Duration.ofSeconds(2));
        assertThat(NimbusClient.error(client.poll(login))).isEqualTo("slow_down");
        clock.advance(Duration.ofSeconds(11));
        assertThat(NimbusClient.error(client.poll(login))).isEqualTo("authorization_pending");
    }

    @Test
    void device_code_expires_also_once_approved() throws Exception {
        var late = client.start(SCOPE);
        clock.advance(Duration.ofMinutes(10));
        assertThat(NimbusClient.error(client.poll(late))).isEqualTo("expired_token");
        assertThatThrownBy(() -> approve(late))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has expired");

        var forgotten = client.start(SCOPE);
        approve(forgotten);
        clock.advance(Duration.ofMinutes(10));
        assertThat(NimbusClient.error(client.poll(forgotten))).isEqualTo("expired_token");
    }

    @Test
    void person_who_refuses_ends_the_login() throws Exception {
        var login = client.start(SCOPE);
        DeviceApprover.deny(login.getVerificationURIComplete());

        assertThat(NimbusClient.error(client.poll(login))).isEqualTo("access_denied");
        assertThatThrownBy(() -> approve(login)).hasMessageContaining("unknown, has expired");
    }

    @Test
    void fifth_wrong_password_voids_the_code() throws Exception {
        var login = client.start(SCOPE);
        URI page = login.getVerificationURIComplete();
        for (int i = 0; i < 4; i++) {
            assertThatThrownBy(() -> DeviceApprover.approve(page, "ana", "guess"))
                    .hasMessageContaining("403")
                    .hasMessageContaining("Wrong user or password");
        }
        assertThatThrownBy(() -> DeviceApprover.approve(page, "ana", "guess"))
                .hasMessageContaining("Too many wrong passwords");

        assertThat(NimbusClient.error(client.poll(login))).isEqualTo("access_denied");
    }

    @Test
    void refresh_rotates_and_reuse_revokes_the_family() throws Exception {
        var login = client.start(SCOPE);
        approve(login);
        var first = NimbusClient.tokens(client.poll(login)).getRefreshToken();

        var renewed = NimbusClient.tokens(client.refresh(first));
        assertThat(renewed.getRefreshToken()).isNotEqualTo(first);
        assertThat(client.validIdToken(renewed).getSubject()).isEqualTo("ana");

        assertThat(NimbusClient.error(client.refresh(first))).isEqualTo("invalid_grant");
        assertThat(NimbusClient.error(client.refresh(renewed.getRefreshToken())))
                .isEqualTo("invalid_grant");
    }

    @Test
    void refresh_token_expires() throws Exception {
        var login = client.start(SCOPE);
        approve(login);
        var token = NimbusClient.tokens(client.poll(login)).getRefreshToken();

        clock.advance(Duration.ofHours(12));
        assertThat(NimbusClient.error(client.refresh(token))).isEqualTo("invalid_grant");
    }

    @Test
    void scopes_decide_which_tokens_come() throws Exception {
        var login = client.start("openid");
        approve(login);
        var tokens = NimbusClient.tokens(client.poll(login));

        assertThat(tokens.getIDToken()).isNotNull();
        assertThat(tokens.getRefreshToken()).isNull();
    }

    @Test
    void code_may_be_typed_as_people_type() throws Exception {
        var login = client.start(SCOPE);
        String typed = login.getUserCode().getValue().toLowerCase(Locale.ROOT).replace("-", "%20");

        DeviceApprover.approve(
                URI.create(issuer.uri() + "/device?user_code=" + typed), "ana", "ana-pw");
        assertThat(client.poll(login).indicatesSuccess()).isTrue();
    }

    @Test
    void old_key_serves_until_forgotten() throws Exception {
        String token = issuer.keys().sign("at+jwt", issuer.accessTokenClaims("ana", "sfguard-cli"));
        issuer.keys().rotate();
        assertThat(client.validAccessToken(token).getSubject()).isEqualTo("ana");

        issuer.keys().forgetOld();
        assertThatThrownBy(() -> client.validAccessToken(token)).hasMessageContaining("key");
    }

    @Test
    void forged_token_verifies_nowhere() {
        String forged =
                issuer.keys().forge("at+jwt", issuer.accessTokenClaims("ana", "sfguard-cli"));
        assertThatThrownBy(() -> client.validAccessToken(forged))
                .hasMessageContaining("Invalid signature");
    }

    private static void approve(DeviceAuthorizationSuccessResponse login) throws Exception {
        DeviceApprover.approve(login.getVerificationURIComplete(), "ana", "ana-pw");
    }
}
