package dev.sfguard.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.agent.AgentFailure;
import dev.sfguard.agent.AgentHome;
import dev.sfguard.agent.Profile;
import dev.sfguard.agent.login.Renewal;
import dev.sfguard.agent.tunnel.TunnelSettings;
import dev.sfguard.cli.ExitCode;
import dev.sfguard.sandbox.issuer.DeviceApprover;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Signing in at an issuer that is not ours: the certified npm package oidc-provider, whose pages
/// are approved by their forms, with the command as people run it.
class OidcProviderIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PAGE = Pattern.compile("http://127\\S+user_code=\\S+");

    @TempDir static Path folder;
    private static OidcProvider issuer;
    private static Stage stage;

    @TempDir Path home;

    @BeforeAll
    static void raise() throws Exception {
        issuer = OidcProvider.start();
        stage = Stage.raiseWith(issuer.uri(), folder);
    }

    @AfterAll
    static void strike() throws Exception {
        if (stage != null) {
            stage.close();
        }
        if (issuer != null) {
            issuer.close();
        }
    }

    @BeforeEach
    void codesLastForPeople() throws IOException {
        if (issuer != null) {
            issuer.lifeOfDeviceCodes(600);
        }
    }

    @Test
    void a_person_signs_in_and_runs_a_statement_through_the_agent() throws Exception {
        var login = login(page -> DeviceApprover.approve(page, "ana", "any password"));

        assertThat(login.status()).as(login.err()).isZero();
        assertThat(login.err()).contains("Signed in as ana@acme.example (analysts)");
        assertThat(login.err()).contains("You may reach: shop");
        JsonNode who = JSON.readTree(sfguard("whoami", "-o", "json").out()).path(0);
        assertThat(who.path("user").asText()).isEqualTo("ana@acme.example");
        assertThat(who.path("kind").asText()).isEqualTo("human");
        assertThat(who.path("issuer").asText()).isEqualTo(issuer.uri().toString());
        var exec = sfguard("exec", "shop", "-q", "select 40 + 2 as answer", "-o", "csv");
        assertThat(exec.status()).as(exec.err()).isZero();
        assertThat(exec.out()).isEqualTo("ANSWER\n42\n");
        assertThat(stage.timesReceived("select 40 + 2 as answer")).isEqualTo(1);
    }

    @Test
    void the_drivers_of_people_with_agents_work() throws Exception {
        try (var connection = stage.ana().jdbc();
                var statement = connection.createStatement();
                var result = statement.executeQuery("select count(*) from customers")) {
            assertThat(result.next()).isTrue();
        }
    }

    @Test
    void the_certificate_is_renewed_by_a_refresh_token_that_rotates() throws Exception {
        assertThat(login(page -> DeviceApprover.approve(page, "ana", "x")).status()).isZero();
        var mine = AgentHome.of(home);
        Profile first = mine.requireProfile();
        String firstRefresh = mine.refreshToken().orElseThrow().reveal();

        awaitNextSecond();
        Profile second = renewal(first.expires().minusSeconds(60)).ensure(Optional.empty());

        assertThat(second.issued()).isAfter(first.issued());
        assertThat(mine.refreshToken().orElseThrow().reveal()).isNotEqualTo(firstRefresh);
        awaitNextSecond();
        Profile third = renewal(second.expires().plusSeconds(1)).ensure(Optional.empty());
        assertThat(third.issued()).isAfter(second.issued());
        assertThat(sfguard("whoami").status()).isZero();
    }

    @Test
    void a_refresh_token_that_was_used_before_ends_the_login() throws Exception {
        assertThat(login(page -> DeviceApprover.approve(page, "ana", "x")).status()).isZero();
        var mine = AgentHome.of(home);
        var stolen = mine.refreshToken();
        Profile first = mine.requireProfile();
        awaitNextSecond();
        Profile second = renewal(first.expires().minusSeconds(60)).ensure(Optional.empty());

        mine.saveRefreshToken(stolen);
        awaitNextSecond();

        assertThatThrownBy(() -> renewal(second.expires().plusSeconds(1)).ensure(Optional.empty()))
                .isInstanceOf(AgentFailure.LoginNeeded.class)
                .hasMessageContaining("ended at the issuer");
    }

    @Test
    void a_login_that_is_refused_at_the_issuer_signs_nobody_in() throws Exception {
        var login = login(DeviceApprover::deny);

        assertThat(login.status()).isEqualTo(ExitCode.LOGIN.status());
        assertThat(login.err()).contains("Nobody was signed in.").contains("The login was refused");
        assertThat(AgentHome.of(home).profile()).isEmpty();
    }

    @Test
    void a_device_code_that_expires_signs_nobody_in() throws Exception {
        issuer.lifeOfDeviceCodes(3);

        var login = login(page -> {});

        assertThat(login.status()).isEqualTo(ExitCode.LOGIN.status());
        assertThat(login.err()).contains("The code expired before anybody used it");
        assertThat(AgentHome.of(home).profile()).isEmpty();
    }

    @Test
    void somebody_without_a_role_signs_in_and_is_told_that_nothing_is_there() throws Exception {
        var login = login(page -> DeviceApprover.approve(page, "eve", "x"));

        assertThat(login.status()).as(login.err()).isZero();
        assertThat(login.err()).contains("There is no connection for you yet");
        assertThat(sfguard("exec", "shop", "-q", "select 1").status()).isNotZero();
    }

    @Test
    void a_programs_access_token_for_this_gateway_enrols_it_as_an_agent() throws Exception {
        var login = loginWith(programToken("urn:sfguard"));

        assertThat(login.status()).as(login.err()).isZero();
        JsonNode who = JSON.readTree(sfguard("whoami", "-o", "json").out()).path(0);
        assertThat(who.path("kind").asText()).isEqualTo("agent");
    }

    @Test
    void a_programs_token_for_another_server_is_refused() throws Exception {
        assertRefused(loginWith(programToken("urn:other")));
    }

    @Test
    void an_id_token_of_another_client_is_refused() throws Exception {
        assertRefused(loginWith(deviceTokens("somebody-else", "").path("id_token").asText()));
    }

    @Test
    void a_persons_access_token_does_not_enrol() throws Exception {
        JsonNode tokens = deviceTokens("sfguard-cli", "&resource=urn:sfguard");

        assertRefused(loginWith(tokens.path("access_token").asText()));
    }

    @Test
    void an_id_token_enrols_once() throws Exception {
        String token = deviceTokens("sfguard-cli", "").path("id_token").asText();

        assertThat(loginWith(token).status()).isZero();

        assertRefused(loginWith(token));
    }

    /// The issuer gives its ID tokens no `jti`: two of the same second are the same token, which
    /// enrols once.
    private static void awaitNextSecond() throws Exception {
        long now = Instant.now().getEpochSecond();
        Await.until(() -> Instant.now().getEpochSecond() > now);
    }

    private static void assertRefused(Ran login) {
        assertThat(login.status()).as(login.err()).isEqualTo(ExitCode.LOGIN.status());
        assertThat(login.err()).contains("refused the token");
    }

    private interface Person {
        void open(URI page) throws Exception;
    }

    /// The command as a process of its own; a person opens the page that it prints.
    private Ran login(Person person) throws Exception {
        Path out = home.resolve("login.out");
        Path err = home.resolve("login.err");
        var command = Ran.start(home, out, err, "login", stage.gateway().loginTarget(), "--device");
        try {
            var said = PAGE.matcher("");
            Await.until(() -> said.reset(Files.readString(err)).find() || !command.isAlive());
            assertThat(said.reset(Files.readString(err)).find()).as(Files.readString(err)).isTrue();
            person.open(URI.create(said.group()));
            assertThat(command.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return new Ran(command.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            command.destroyForcibly().waitFor();
        }
    }

    private Ran loginWith(String token) throws Exception {
        Path file = home.resolve("token.jwt");
        Files.writeString(file, token);
        return sfguard("login", stage.gateway().loginTarget(), "--token-file", file.toString());
    }

    private Ran sfguard(String... words) throws Exception {
        return Ran.sfguard(home, words);
    }

    private Renewal renewal(Instant now) {
        return new Renewal(
                AgentHome.of(home), TunnelSettings.usual(), Clock.fixed(now, ZoneOffset.UTC));
    }

    private static String programToken(String resource) throws Exception {
        return post(
                        "/token",
                        "grant_type=client_credentials&client_id=robot&client_secret=robot-secret"
                                + "&scope=query&resource="
                                + resource)
                .path("access_token")
                .asText();
    }

    /// A device login of any client at the issuer, without our command.
    private static JsonNode deviceTokens(String client, String more) throws Exception {
        JsonNode started =
                post(
                        "/device/auth",
                        "client_id=" + client + "&scope=openid email offline_access query" + more);
        URI page = URI.create(started.path("verification_uri_complete").asText());
        DeviceApprover.approve(page, "ana", "any password");
        return post(
                "/token",
                "grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id="
                        + client
                        + "&device_code="
                        + started.path("device_code").asText());
    }

    private static JsonNode post(String path, String form) throws Exception {
        var request =
                HttpRequest.newBuilder(issuer.uri().resolve(path))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .timeout(Duration.ofSeconds(10))
                        .POST(HttpRequest.BodyPublishers.ofString(form.replace(" ", "%20")))
                        .build();
        try (var http = HttpClient.newHttpClient()) {
            var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            return JSON.readTree(answer.body());
        }
    }
}
