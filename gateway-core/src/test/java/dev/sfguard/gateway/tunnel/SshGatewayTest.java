package dev.sfguard.gateway.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.sfguard.gateway.identity.Identity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.apache.sshd.certificate.OpenSshCertificateBuilder;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SshGatewayTest {
    private static TestGateway world;

    @BeforeAll
    static void start() throws Exception {
        world = TestGateway.usual();
    }

    @AfterAll
    static void stop() throws Exception {
        world.close();
    }

    private static JWTClaimsSet.Builder idToken() {
        return world.issuer.claims(Instant.now(), "sfguard-cli");
    }

    private static OpenSshCertificateBuilder builder(java.security.KeyPair key) {
        return OpenSshCertificateBuilder.userCertificate()
                .publicKey(key.getPublic())
                .id("ana")
                .serial(7)
                .principals(List.of("ana"))
                .extension(
                        Handshake.IDENTITY_EXTENSION, CertifiedIdentity.toJson(TestGateway.ana()))
                .validAfter(Instant.now().minusSeconds(60))
                .validBefore(Instant.now().plusSeconds(60));
    }

    @Test
    void a_token_opens_the_api_and_nothing_else() throws Exception {
        try (var session = world.enrolling(world.issuer.sign(idToken()).reveal())) {
            assertThat(ChannelHttp.text(session, "api", 80, "/who"))
                    .isEqualTo("ana@shop.example HUMAN api enrolling");
            assertThatThrownBy(() -> ChannelHttp.open(session, "shop", 443))
                    .isInstanceOf(SshException.class);
        }
    }

    @Test
    void the_offer_says_where_to_get_a_token() throws Exception {
        try (var session = world.connect(Handshake.ENROL_USER)) {
            var asked = new OneAnswer("");
            session.setUserInteraction(asked);
            assertThatThrownBy(() -> session.auth().verify(TestGateway.WAIT))
                    .isInstanceOf(SshException.class);
            var offer = Handshake.Offer.parse(asked.instruction);
            assertThat(offer.gateway()).isEqualTo("gw-1");
            assertThat(offer.issuer()).contains(world.issuer.uri());
            assertThat(offer.clientId()).contains("sfguard-cli");
        }
    }

    @Test
    void a_replayed_expired_or_foreign_token_is_refused() throws Exception {
        String once = world.issuer.sign(idToken()).reveal();
        world.enrolling(once).close();
        assertThatThrownBy(() -> world.enrolling(once)).isInstanceOf(SshException.class);
        var expired = idToken().expirationTime(java.util.Date.from(Instant.now().minusSeconds(60)));
        String late = world.issuer.sign(expired).reveal();
        assertThatThrownBy(() -> world.enrolling(late)).isInstanceOf(SshException.class);
        String foreign = world.issuer.sign(idToken().issuer("https://evil.example")).reveal();
        assertThatThrownBy(() -> world.enrolling(foreign)).isInstanceOf(SshException.class);
    }

    @Test
    void a_certificate_opens_connections_and_the_api() throws Exception {
        try (var session = world.certified()) {
            assertThat(ChannelHttp.text(session, "shop", 443, "/who"))
                    .isEqualTo("ana@shop.example HUMAN shop certified");
            assertThat(ChannelHttp.text(session, "api", 80, "/who"))
                    .isEqualTo("ana@shop.example HUMAN api certified");
        }
    }

    /// The server has few real threads, and a held statement blocks its handler for a minute.
    @Test
    void requests_run_on_virtual_threads() throws Exception {
        try (var session = world.certified()) {
            assertThat(ChannelHttp.text(session, "shop", 443, "/thread")).isEqualTo("virtual");
        }
    }

    @Test
    void destinations_that_are_not_ours_are_refused_and_the_tunnel_stays() throws Exception {
        try (var session = world.certified()) {
            for (var host : List.of("169.254.169.254", "localhost", "other", "", "api\n")) {
                assertThatThrownBy(() -> ChannelHttp.open(session, host, 443))
                        .isInstanceOf(SshException.class);
            }
            assertThatThrownBy(() -> ChannelHttp.open(session, "shop", 22))
                    .isInstanceOf(SshException.class);
            assertThatThrownBy(() -> ChannelHttp.open(session, "api", 443))
                    .isInstanceOf(SshException.class);
            assertThat(ChannelHttp.text(session, "shop", 443, "/who")).contains("shop");
        }
    }

    @Test
    void shells_and_commands_are_unknown() throws Exception {
        try (var session = world.certified()) {
            assertThatThrownBy(() -> session.createShellChannel().open().verify(TestGateway.WAIT))
                    .isInstanceOf(SshException.class);
            assertThatThrownBy(
                            () -> session.createExecChannel("id").open().verify(TestGateway.WAIT))
                    .isInstanceOf(SshException.class);
            assertThatThrownBy(
                            () ->
                                    session.createSubsystemChannel("sftp")
                                            .open()
                                            .verify(TestGateway.WAIT))
                    .isInstanceOf(SshException.class);
        }
    }

    @Test
    void another_authority_is_refused() throws Exception {
        var key = TestGateway.newKey();
        var certificate = builder(key).sign(TestGateway.newKey());
        assertThatThrownBy(() -> world.withCertificate("ana", key, certificate))
                .isInstanceOf(SshException.class);
    }

    @Test
    void a_certificate_is_for_its_own_user_and_key() throws Exception {
        var key = TestGateway.newKey();
        var issued =
                world.authority.issue(TestGateway.ana(), PublicKeyEntry.toString(key.getPublic()));
        var certificate = TestGateway.certificate(issued.openSsh());
        for (var user : List.of("bo@shop.example", "_enroll", "root")) {
            assertThatThrownBy(() -> world.withCertificate(user, key, certificate))
                    .isInstanceOf(SshException.class);
        }
        var stranger = TestGateway.newKey();
        assertThatThrownBy(() -> world.withCertificate(issued.user(), stranger, certificate))
                .isInstanceOf(SshException.class);
    }

    @Test
    void a_plain_key_or_password_is_nobody() throws Exception {
        try (var session = world.connect("ana@shop.example")) {
            session.addPublicKeyIdentity(TestGateway.newKey());
            session.addPasswordIdentity("secret");
            assertThatThrownBy(() -> session.auth().verify(TestGateway.WAIT))
                    .isInstanceOf(SshException.class);
        }
    }

    @Test
    void a_revoked_certificate_is_refused() throws Exception {
        var key = TestGateway.newKey();
        var issued =
                world.authority.issue(TestGateway.ana(), PublicKeyEntry.toString(key.getPublic()));
        world.revoked.add(issued.serial());
        assertThatThrownBy(() -> world.certified(key, issued)).isInstanceOf(SshException.class);
    }

    @Test
    void the_serial_stays_when_a_key_is_certified_again() throws Exception {
        String key = PublicKeyEntry.toString(TestGateway.newKey().getPublic());
        var first = world.authority.issue(TestGateway.ana(), key);
        var again = world.authority.issue(TestGateway.ana(), key);
        assertThat(again.serial()).isEqualTo(first.serial()).isPositive();
        String other = PublicKeyEntry.toString(TestGateway.newKey().getPublic());
        assertThat(world.authority.issue(TestGateway.ana(), other).serial())
                .isNotEqualTo(first.serial());
    }

    @Test
    void a_renewed_certificate_carries_a_running_tunnel() throws Exception {
        var limits =
                SshGatewaySettings.Limits.usual().withProbe(Duration.ofMillis(100), Duration.ZERO);
        try (var small = new TestGateway(limits, Duration.ofSeconds(2))) {
            var key = TestGateway.newKey();
            String line = PublicKeyEntry.toString(key.getPublic());
            var session = small.certified(key, small.authority.issue(TestGateway.ana(), line));
            var doomed = small.certified();
            var moved =
                    new Identity(
                            "ana-1",
                            "ana@shop.example",
                            Identity.Kind.AGENT,
                            Set.of(),
                            "https://idp.example",
                            Instant.EPOCH);
            while (!doomed.isClosed()) {
                small.authority.issue(moved, line);
                doomed.waitFor(Set.of(), Duration.ofMillis(100));
            }
            assertThat(ChannelHttp.text(session, "shop", 443, "/who")).contains("AGENT");
        }
    }

    @Test
    void keys_that_are_no_ed25519_keys_are_not_certified() {
        for (var line : List.of("", "ssh-rsa AAAA", "ssh-ed25519 AAAA", "x".repeat(5000))) {
            assertThatThrownBy(() -> world.authority.issue(TestGateway.ana(), line))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
