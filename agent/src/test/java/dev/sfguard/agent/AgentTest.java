package dev.sfguard.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sfguard.agent.login.Login;
import dev.sfguard.agent.tunnel.TunnelSettings;
import dev.sfguard.gateway.identity.Secret;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class AgentTest {
    private static final TunnelSettings QUICK =
            new TunnelSettings(
                    Duration.ofSeconds(15),
                    Duration.ofMillis(500),
                    Duration.ofSeconds(5),
                    Duration.ofMillis(20),
                    Duration.ofMillis(200),
                    Duration.ofSeconds(20));

    @TempDir private Path folder;
    private TestGateway gateway;
    private AgentHome home;

    @BeforeEach
    void start() throws Exception {
        gateway = new TestGateway(Duration.ofMinutes(10));
        home = AgentHome.of(folder);
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
    }

    @Test
    void drivers_and_the_command_go_through_one_tunnel() throws Exception {
        signIn();
        try (var agent = agent()) {
            int port = agent.serve("shop", OptionalInt.empty());
            assertThat(post(port, "x".repeat(200_000)))
                    .contains("\"warehouse\":\"shop\"", "\"bytes\":200000");
            try (var api = ApiClient.open(home)) {
                assertThat(api.get("/v1/whoami").path("user").asText())
                        .isEqualTo("ana@shop.example");
            }
            try (var link = AgentLink.open(home, "shop")) {
                assertThat(link.port()).isEqualTo(port);
                assertThat(link.secret().reveal()).isEqualTo("canary-secret");
                assertThat(link.secret()).hasToString("<secret>");
            }
            assertThatThrownBy(() -> AgentLink.open(home, "nowhere"))
                    .isInstanceOf(AgentFailure.ConnectionUnknown.class);
        }
    }

    @Test
    void many_calls_at_once_all_get_their_answer() throws Exception {
        signIn();
        try (var agent = agent();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            int port = agent.serve("shop", OptionalInt.empty());
            var calls = new ArrayList<Callable<String>>();
            for (int i = 0; i < 40; i++) {
                int length = i;
                calls.add(() -> post(port, "x".repeat(length)));
            }
            var answers = threads.invokeAll(calls);
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).get()).containsPattern("\"bytes\":" + i + "[,}]");
            }
        }
    }

    @Test
    void without_an_agent_a_link_lives_as_long_as_the_call() throws Exception {
        signIn();
        int port;
        try (var link = AgentLink.open(home, "shop")) {
            port = link.port();
            assertThat(post(port, "")).contains("shop");
        }
        assertThatThrownBy(() -> post(port, "")).isInstanceOf(java.io.IOException.class);
    }

    @Test
    void a_home_has_one_agent() throws Exception {
        signIn();
        try (var agent = agent()) {
            assertThat(agent.status().connections()).isEmpty();
            assertThatThrownBy(this::agent).isInstanceOf(AgentFailure.AgentRuns.class);
        }
        try (var next = agent()) {
            assertThat(next.status().tunnelUp()).isTrue();
        }
    }

    @Test
    void a_connection_keeps_its_port() throws Exception {
        signIn();
        int port;
        try (var agent = agent()) {
            port = agent.serve("shop", OptionalInt.empty());
            assertThat(agent.serve("shop", OptionalInt.empty())).isEqualTo(port);
        }
        try (var next = agent()) {
            assertThat(next.serve("shop", OptionalInt.empty())).isEqualTo(port);
        }
        try (var next = agent();
                var other = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> next.serve("prod", OptionalInt.of(other.getLocalPort())))
                    .isInstanceOf(AgentFailure.PortInUse.class);
            var running = RunningAgent.find(home).orElseThrow();
            assertThatThrownBy(() -> running.serve("prod", OptionalInt.of(other.getLocalPort())))
                    .isInstanceOf(AgentFailure.PortInUse.class);
        }
    }

    @Test
    void status_and_stop_reach_the_agent_from_elsewhere() throws Exception {
        signIn();
        var agent = agent();
        agent.serve("shop", OptionalInt.empty());
        var running = RunningAgent.find(home).orElseThrow();

        assertThat(running.status()).isEqualTo(agent.status());
        assertThat(running.status().user()).isEqualTo("ana@shop.example");
        running.stop();
        agent.await();
        assertThat(RunningAgent.find(home)).isEmpty();
    }

    @Test
    void a_gateway_that_restarts_is_found_again() throws Exception {
        signIn();
        try (var agent = agent()) {
            int port = agent.serve("shop", OptionalInt.empty());
            assertThat(post(port, "")).contains("shop");
            gateway.restart();
            assertThat(post(port, "")).contains("shop");
            assertThat(agent.status().tunnelUp()).isTrue();
        }
    }

    @Test
    void a_certificate_is_renewed_while_the_tunnel_runs() throws Exception {
        gateway.close();
        gateway = new TestGateway(Duration.ofSeconds(6));
        new Login(home).device(gateway.pinned(), HostKeyQuestion.NOBODY, LoginTest.approving());
        var first = home.requireProfile().expires();
        try (var agent = agent()) {
            int port = agent.serve("shop", OptionalInt.empty());
            while (!home.requireProfile().expires().isAfter(first)) {
                assertThat(post(port, "")).contains("shop");
            }
            assertThat(gateway.renewals.get()).isPositive();
        }
    }

    @Test
    void a_login_that_has_expired_is_said_to_command_and_driver() throws Exception {
        gateway.close();
        gateway = new TestGateway(Duration.ofSeconds(1));
        signIn();
        try (var agent = agent()) {
            int port = agent.serve("shop", OptionalInt.empty());
            while (!home.requireProfile().isExpired(Clock.systemUTC().instant())) {
                Thread.onSpinWait();
            }
            gateway.restart();
            assertThat(post(port, "")).contains("098010", "sfguard login");
            assertThatThrownBy(
                            () -> {
                                try (var api = ApiClient.open(home)) {
                                    api.get("/v1/whoami");
                                }
                            })
                    .isInstanceOf(AgentFailure.LoginNeeded.class);
        }
    }

    private Agent agent() throws Exception {
        return Agent.start(home, QUICK, Clock.systemUTC());
    }

    private void signIn() throws Exception {
        new Login(home)
                .token(gateway.pinned(), HostKeyQuestion.NOBODY, Secret.of(gateway.idToken()));
    }

    private static String post(int port, String body) throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/q"))
                                    .POST(HttpRequest.BodyPublishers.ofString(body))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }
}
