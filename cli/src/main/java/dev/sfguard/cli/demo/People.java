package dev.sfguard.cli.demo;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sfguard.agent.AgentHome;
import dev.sfguard.agent.DetachedAgent;
import dev.sfguard.agent.GatewayAddress;
import dev.sfguard.agent.HostKeyQuestion;
import dev.sfguard.agent.RunningAgent;
import dev.sfguard.agent.login.Login;
import dev.sfguard.cli.Launch;
import dev.sfguard.gateway.identity.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/// The demo's people: signs them in as they would themselves, and starts an agent for each.
///
/// @param connection what their agents serve
/// @param issuer whose pages they are signed in at
record People(DemoFolder folder, Launch launch, String connection, String issuer) {
    static final List<Person> ALL =
            List.of(
                    new Person("ana", "ana-pw", Person.Kind.HUMAN),
                    new Person("bo", "bo-pw", Person.Kind.HUMAN),
                    new Person("robot", "robot-pw", Person.Kind.AGENT));

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final System.Logger LOG = System.getLogger(People.class.getName());

    /// Somebody whom the practice issuer knows; these passwords open nothing else.
    ///
    /// @param kind a human signs in with a device code, an agent by client credentials
    record Person(String name, String password, Kind kind) {
        enum Kind {
            HUMAN,
            AGENT
        }
    }

    /// @param target `HOST:PORT#SHA256:…` of the gateway
    void signIn(Person person, String target) throws IOException, InterruptedException {
        var login = new Login(home(person));
        var gateway = GatewayAddress.parse(target);
        switch (person.kind()) {
            case HUMAN ->
                    login.device(
                            gateway,
                            HostKeyQuestion.NOBODY,
                            prompt -> approve(prompt.page(), prompt.code(), person));
            case AGENT -> login.token(gateway, HostKeyQuestion.NOBODY, token(person));
        }
    }

    /// @param port of ana's agent; 0 lets the system choose
    /// @return the port at which ana's agent serves the connection
    int startAgents(int port) throws IOException, InterruptedException {
        int anas = 0;
        for (var person : ALL) {
            var agent = DetachedAgent.start(home(person), launch.command("agent", "run"));
            boolean ana = person.name().equals("ana");
            int served =
                    agent.serve(
                            connection,
                            ana && port != 0 ? OptionalInt.of(port) : OptionalInt.empty());
            anas = ana ? served : anas;
        }
        return anas;
    }

    void stopAgents() {
        ALL.forEach(this::stopAgent);
    }

    private void stopAgent(Person person) {
        try {
            var running = RunningAgent.find(home(person));
            if (running.isPresent()) {
                running.get().stop();
            }
        } catch (IOException gone) {
            LOG.log(Level.DEBUG, "the agent of {0} went away by itself", person.name());
        }
    }

    private AgentHome home(Person person) {
        return AgentHome.of(folder.home(person.name()));
    }

    /// What a person does in a browser: types the code, their name and password, and approves.
    private static void approve(URI page, String code, Person person) {
        try {
            var answer =
                    post(
                            page,
                            Map.of(
                                    "user_code",
                                    code,
                                    "username",
                                    person.name(),
                                    "password",
                                    person.password(),
                                    "action",
                                    "approve"));
            if (answer.statusCode() != 200) {
                throw new IOException("the issuer's page answered " + answer.statusCode());
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("interrupted", interrupted));
        }
    }

    private Secret token(Person person) throws IOException, InterruptedException {
        var answer =
                post(
                        URI.create(issuer + "/token"),
                        Map.of(
                                "grant_type", "client_credentials",
                                "client_id", person.name(),
                                "client_secret", person.password()));
        var token = new JsonMapper().readTree(answer.body()).path("access_token");
        if (!token.isTextual()) {
            throw new IOException("The issuer gave no token: HTTP " + answer.statusCode());
        }
        return Secret.of(token.textValue());
    }

    private static HttpResponse<String> post(URI target, Map<String, String> form)
            throws IOException, InterruptedException {
        String body =
                form.entrySet().stream()
                        .map(field -> field.getKey() + "=" + encoded(field.getValue()))
                        .collect(Collectors.joining("&"));
        try (var http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(target)
                            .timeout(TIMEOUT)
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(BodyPublishers.ofString(body))
                            .build(),
                    BodyHandlers.ofString());
        }
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
