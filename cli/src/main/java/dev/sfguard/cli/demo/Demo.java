package dev.sfguard.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sfguard.cli.CliFailure;
import dev.sfguard.cli.ExitCode;
import dev.sfguard.cli.Launch;
import dev.sfguard.cli.Streams;
import dev.sfguard.gateway.LoopbackCertificate;
import dev.sfguard.gateway.NewGateway;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Starts and stops the parts of a demo, in their order: sandbox and issuer, gateway, people,
/// agents. What fails takes down what was started before it.
final class Demo {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final String CONNECTION = "shop";

    private final DemoFolder folder;
    private final Launch launch;
    private final Streams streams;
    private final List<ProcessHandle> started = new ArrayList<>();

    Demo(DemoFolder folder, Launch launch, Streams streams) {
        this.folder = folder;
        this.launch = launch;
        this.streams = streams;
    }

    /// @param agentPort of ana's agent; 0 lets the system choose
    DemoState start(int agentPort) throws Exception {
        try {
            return tryToStart(agentPort);
        } catch (Exception failed) {
            started.reversed().forEach(DemoProcess::stop);
            throw failed;
        }
    }

    private DemoState tryToStart(int agentPort) throws Exception {
        Files.createDirectories(folder.root());
        Path publicKey = keys();
        say("Starting the practice warehouse and its issuer …");
        var sandbox = startSandbox(publicKey);
        JsonNode sandboxReady = JSON.readTree(sandbox.awaitReady());
        int sandboxPort = sandboxReady.path("port").asInt();
        String issuer = sandboxReady.path("issuer").asText();
        say("Starting the gateway …");
        var gateway = startGateway(sandboxPort, issuer);
        JsonNode gatewayReady = JSON.readTree(gateway.awaitReady());
        var people = new People(folder, launch, CONNECTION, issuer);
        String target =
                gatewayReady.path("ssh").asText() + "#" + gatewayReady.path("host_key").asText();
        var homes = new LinkedHashMap<String, String>();
        for (var person : People.ALL) {
            say("Signing in " + person.name() + " …");
            people.signIn(person, target);
            homes.put(person.name(), folder.home(person.name()).toString());
        }
        say("Starting the agents …");
        int port = people.startAgents(agentPort);
        var state =
                new DemoState(
                        Map.of(
                                "sandbox", sandbox.process().pid(),
                                "gateway", gateway.process().pid()),
                        gatewayReady.path("ssh").asText(),
                        gatewayReady.path("https").asText(),
                        port,
                        sandboxPort,
                        issuer,
                        homes);
        state.write(folder.state());
        return state;
    }

    /// Ends everything. The gateway goes before the sandbox, so that it can close its sessions.
    void stop(DemoState state) {
        var people = new People(folder, launch, CONNECTION, state.issuer());
        people.stopAgents();
        for (String name : List.of("gateway", "sandbox")) {
            state.processOf(name).ifPresent(DemoProcess::stop);
        }
    }

    /// The demo's gateway keeps its keys from one start to the next, as a real one does.
    private Path keys() throws IOException {
        Path publicKey = folder.root().resolve("service-user.pub");
        if (Files.notExists(publicKey)) {
            var created = NewGateway.create(folder.gateway(), "demo", "SFGUARD");
            LoopbackCertificate.write(folder.gateway().resolve("keys"), streams.clock().instant());
            Files.writeString(
                    publicKey,
                    "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n"
                            .formatted(created.snowflakePublicKey()),
                    StandardOpenOption.CREATE_NEW);
        }
        return publicKey;
    }

    private DemoProcess startSandbox(Path publicKey) throws IOException {
        var words =
                launch.sandbox()
                        .orElseThrow(
                                () ->
                                        new CliFailure(
                                                ExitCode.USAGE,
                                                "The demo needs the sandbox.",
                                                "sfguard was installed --without-sandbox.",
                                                "Install again without that option."));
        var command = new ArrayList<>(words);
        command.addAll(
                List.of(
                        "--port",
                        "0",
                        "--issuer-port",
                        "0",
                        "--public-key",
                        publicKey.toString(),
                        "--log",
                        folder.witness().toString()));
        Files.createDirectories(folder.witness().getParent());
        return remember(DemoProcess.start("sandbox", folder, command, Map.of()));
    }

    private DemoProcess startGateway(int sandboxPort, String issuer) throws IOException {
        var config = folder.gateway().resolve("gateway.yaml");
        Files.writeString(
                config,
                resource("gateway.yaml")
                        .replace("{{issuer}}", issuer)
                        .replace("{{sandbox}}", "http://127.0.0.1:" + sandboxPort));
        for (String name : List.of("policy.yaml", "policy.catalog.yaml", "policy.test.yaml")) {
            Files.writeString(folder.gateway().resolve(name), resource(name));
        }
        var command = launch.command("gateway", "run", "--json", "--config", config.toString());
        return remember(DemoProcess.start("gateway", folder, command, Map.of()));
    }

    private DemoProcess remember(DemoProcess process) {
        started.add(process.process().toHandle());
        return process;
    }

    private void say(String step) {
        streams.err().println(step);
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(Demo.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
