package dev.sfguard.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.sfguard.gateway.identity.Verdict.Rejected;
import dev.sfguard.gateway.identity.Verdict.Verified;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenVerifierTest {
    private static final Instant NOW = Instant.parse("2026-11-23T14:00:00Z");

    private final Set<String> used = new HashSet<>();
    private TestIssuer issuer;
    private TokenVerifier verifier;

    @BeforeEach
    void start() throws Exception {
        issuer = new TestIssuer();
        verifier =
                new TokenVerifier(
                        List.of(settings(issuer.uri())),
                        (token, expires) -> used.add(token),
                        Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @AfterEach
    void stop() {
        issuer.close();
    }

    private static IssuerSettings settings(URI issuer) {
        return new IssuerSettings(
                issuer,
                Optional.of("sfguard-cli"),
                "sfguard",
                "groups",
                Set.of("agents"),
                Set.of("client_credentials"));
    }

    private JWTClaimsSet.Builder person() {
        return issuer.claims(NOW, "sfguard-cli");
    }

    private JWTClaimsSet.Builder program() {
        return issuer.claims(NOW, "sfguard").subject("robot").claim("client_id", "robot");
    }

    private Identity enrol(Secret token) {
        var verdict = verifier.forEnrolment(token);
        assertThat(verdict).isInstanceOf(Verified.class);
        return ((Verified) verdict).identity();
    }

    private String refusal(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Rejected.class);
        return ((Rejected) verdict).reason();
    }

    @Test
    void an_id_token_enrols_a_person() throws Exception {
        assertThat(enrol(issuer.sign(person())))
                .isEqualTo(
                        new Identity(
                                "ana-1",
                                "ana@shop.example",
                                Identity.Kind.HUMAN,
                                Set.of("analysts"),
                                issuer.uri().toString(),
                                NOW.plusSeconds(300)));
    }

    @Test
    void a_token_enrols_once() throws Exception {
        var token = issuer.sign(person());
        enrol(token);
        assertThat(refusal(verifier.forEnrolment(token))).contains("used before");
        assertThat(used).hasSize(1).noneMatch(key -> token.reveal().contains(key));
    }

    @Test
    void a_token_without_jti_enrols_once() throws Exception {
        var token = issuer.sign(person().jwtID(null));
        enrol(token);
        assertThat(refusal(verifier.forEnrolment(token))).contains("used before");
    }

    @Test
    void a_rejected_token_is_not_marked_as_used() throws Exception {
        verifier.forEnrolment(issuer.sign(person().audience("other")));
        assertThat(used).isEmpty();
    }

    @Test
    void a_program_enrols_with_its_access_token_and_is_an_agent() throws Exception {
        assertThat(enrol(issuer.signAccessToken(program())).kind()).isEqualTo(Identity.Kind.AGENT);
    }

    @Test
    void a_member_of_an_agent_group_is_an_agent() throws Exception {
        var token = issuer.sign(person().claim("groups", List.of("agents", "analysts")));
        assertThat(enrol(token).kind()).isEqualTo(Identity.Kind.AGENT);
    }

    @Test
    void a_program_of_an_issuer_without_agent_grants_is_a_workload() throws Exception {
        var plain =
                new IssuerSettings(
                        issuer.uri(), Optional.empty(), "sfguard", "groups", Set.of(), Set.of());
        verifier =
                new TokenVerifier(List.of(plain), (t, e) -> true, Clock.fixed(NOW, ZoneOffset.UTC));
        assertThat(enrol(issuer.signAccessToken(program())).kind())
                .isEqualTo(Identity.Kind.WORKLOAD);
    }

    @Test
    void a_persons_access_token_does_not_enrol() throws Exception {
        var token = issuer.signAccessToken(issuer.claims(NOW, "sfguard"));
        assertThat(refusal(verifier.forEnrolment(token))).contains("enrols with an ID token");
    }

    @Test
    void a_persons_access_token_with_the_clients_audience_does_not_enrol() throws Exception {
        var token = issuer.signAccessToken(person());
        assertThat(verifier.forEnrolment(token)).isInstanceOf(Rejected.class);
    }

    @Test
    void several_audiences_need_us_as_the_authorised_party() throws Exception {
        var audiences = List.of("sfguard-cli", "other");
        assertThat(verifier.forEnrolment(issuer.sign(person().audience(audiences))))
                .isInstanceOf(Rejected.class);
        assertThat(
                        verifier.forEnrolment(
                                issuer.sign(person().audience(audiences).claim("azp", "other"))))
                .isInstanceOf(Rejected.class);
        enrol(issuer.sign(person().audience(audiences).claim("azp", "sfguard-cli")));
    }

    @Test
    void the_front_takes_an_access_token_again_and_again() throws Exception {
        var token = issuer.signAccessToken(issuer.claims(NOW, "sfguard"));
        assertThat(verifier.forFront(token)).isInstanceOf(Verified.class);
        assertThat(verifier.forFront(token)).isInstanceOf(Verified.class);
        assertThat(refusal(verifier.forFront(issuer.sign(issuer.claims(NOW, "other")))))
                .isEqualTo("the token is for [other], not for sfguard");
    }

    @Test
    void an_expired_token_is_refused_with_its_time() throws Exception {
        var token = issuer.sign(person().expirationTime(Date.from(NOW.minusSeconds(31))));
        assertThat(refusal(verifier.forEnrolment(token)))
                .isEqualTo("it expired at 2026-11-23T13:59:29Z");
    }

    @Test
    void a_token_of_the_future_is_refused() throws Exception {
        assertThat(
                        refusal(
                                verifier.forEnrolment(
                                        issuer.sign(
                                                person().notBeforeTime(
                                                                Date.from(NOW.plusSeconds(31)))))))
                .contains("valid only from");
    }

    @Test
    void a_token_that_never_expires_is_refused() throws Exception {
        assertThat(refusal(verifier.forFront(issuer.sign(person().expirationTime(null)))))
                .contains("never expires");
    }

    @Test
    void a_foreign_key_is_refused() throws Exception {
        var token = issuer.sign(person(), JOSEObjectType.JWT, TestIssuer.newKey("one"));
        assertThat(refusal(verifier.forEnrolment(token))).contains("signature");
    }

    @Test
    void an_unsigned_token_is_refused() {
        var token = Secret.of(new PlainJWT(person().build()).serialize());
        assertThat(verifier.forEnrolment(token)).isInstanceOf(Rejected.class);
    }

    @Test
    void a_token_signed_with_a_shared_secret_is_refused() throws Exception {
        var jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), person().build());
        jwt.sign(new MACSigner("0123456789abcdef0123456789abcdef"));
        assertThat(verifier.forEnrolment(Secret.of(jwt.serialize()))).isInstanceOf(Rejected.class);
    }

    @Test
    void a_foreign_issuer_is_refused_by_name() throws Exception {
        assertThat(refusal(verifier.forEnrolment(issuer.sign(person().issuer("https://evil")))))
                .isEqualTo("its issuer is not known: https://evil");
    }

    @Test
    void an_issuer_whose_document_names_another_is_refused() throws Exception {
        issuer.sayItIs("https://evil");
        assertThat(refusal(verifier.forEnrolment(issuer.sign(person()))))
                .contains("cannot be had", "names another issuer");
    }

    @Test
    void a_rotated_key_is_found_without_a_restart() throws Exception {
        enrol(issuer.sign(person()));
        issuer.rotateKey();
        enrol(issuer.sign(person()));
    }

    @Test
    void an_unreachable_issuer_is_named() throws Exception {
        var token = issuer.sign(person());
        issuer.close();
        assertThat(refusal(verifier.forEnrolment(token)))
                .startsWith("the keys of " + issuer.uri() + " cannot be had");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a.b.c", "....", "eyJhbGciOiJub25lIn0..", "é\u0000"})
    void what_is_no_token_is_refused(String text) {
        assertThat(verifier.forEnrolment(Secret.of(text))).isInstanceOf(Rejected.class);
    }

    @Test
    void an_endless_token_is_refused_unread() {
        assertThat(refusal(verifier.forFront(Secret.of("a".repeat(70_000))))).contains("longer");
    }

    @Test
    void an_unverified_address_names_nobody() throws Exception {
        var token =
                issuer.sign(
                        person().claim("email_verified", false).claim("preferred_username", "ana"));
        assertThat(enrol(token).name()).isEqualTo("ana");
    }

    @Test
    void groups_of_a_wrong_type_are_refused() throws Exception {
        var token = issuer.sign(person().claim("groups", List.of(1, 2)));
        assertThat(refusal(verifier.forEnrolment(token))).contains("unexpected type: groups");
    }

    @Test
    void issuers_are_reached_over_tls_or_on_this_machine_only() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(URI.create("http://idp.example")));
        assertThat(settings(URI.create("https://idp.example")).audience()).isEqualTo("sfguard");
    }
}
