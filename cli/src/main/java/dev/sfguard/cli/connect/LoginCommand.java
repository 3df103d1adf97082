package dev.sfguard.cli.connect;

import dev.sfguard.agent.AgentFailure;
import dev.sfguard.agent.AgentHome;
import dev.sfguard.agent.ApiClient;
import dev.sfguard.agent.GatewayAddress;
import dev.sfguard.agent.HostKeyQuestion;
import dev.sfguard.agent.Profile;
import dev.sfguard.agent.RunningAgent;
import dev.sfguard.agent.login.DevicePrompt;
import dev.sfguard.agent.login.Login;
import dev.sfguard.cli.CliFailure;
import dev.sfguard.cli.Command;
import dev.sfguard.cli.ExitCode;
import dev.sfguard.cli.Streams;
import dev.sfguard.cli.output.Printable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sfguard login`.
@CommandLine.Command(
        description = "Signs you in at a gateway.",
        footer = {
            "",
            "Examples:",
            "  sfguard login gw.acme.io:2222#SHA256:…   the operators tell address and host key",
            "  sfguard login                            again, at the same gateway",
            "  sfguard login gw.acme.io:2222#SHA256:… --token-file token.jwt",
            "",
            "SFGUARD_GATEWAY and SFGUARD_TOKEN_FILE stand in for what is not given."
        })
public final class LoginCommand implements Command {
    @Parameters(
            arity = "0..1",
            paramLabel = "HOST:PORT[#SHA256:…]",
            description = "The gateway and its host key; else the one of the last login.")
    private @Nullable String gateway;

    @Option(
            names = "--device",
            description =
                    "Sign in with a code in a browser, here or elsewhere. This is the default.")
    private boolean device;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "Sign in with the token in this file; read again to renew.")
    private @Nullable Path tokenFile;

    @Override
    public ExitCode run(Streams streams) throws IOException, InterruptedException {
        var home = Home.of(streams);
        var file =
                Optional.ofNullable(tokenFile)
                        .or(() -> streams.variable("SFGUARD_TOKEN_FILE").map(Path::of));
        if (device && tokenFile != null) {
            throw CliFailure.usage(
                    "--device and --token-file exclude each other.",
                    "",
                    "See: sfguard login --help");
        }
        var address = address(streams, home);
        var login = new Login(home);
        var question = question(streams);
        var profile =
                file.isPresent() && !device
                        ? login.tokenFile(address, question, file.get())
                        : login.device(address, question, screen(streams));
        // It holds the certificate of whoever was signed in before.
        var running = RunningAgent.find(home);
        if (running.isPresent() && !running.get().status().user().equals(profile.user())) {
            running.get().stop();
        }
        welcome(streams, home, profile);
        return ExitCode.DONE;
    }

    private GatewayAddress address(Streams streams, AgentHome home) throws IOException {
        var text = Optional.ofNullable(gateway).or(() -> streams.variable("SFGUARD_GATEWAY"));
        if (text.isEmpty()) {
            return home.knownGateway().orElseThrow(AgentFailure.GatewayUnknown::new);
        }
        try {
            return GatewayAddress.parse(text.get());
        } catch (IllegalArgumentException e) {
            throw CliFailure.usage(
                    "\"" + text.get() + "\" is no gateway.",
                    e.getMessage() + ".",
                    "See: sfguard login --help");
        }
    }

    private static HostKeyQuestion question(Streams streams) {
        if (!streams.terminals().in() || !streams.terminals().err()) {
            return HostKeyQuestion.NOBODY;
        }
        return (address, fingerprint) -> {
            streams.err().println("The gateway " + address.place() + " shows the host key");
            streams.err().println("  " + fingerprint);
            streams.err().print("Is it the one that the operators name? [yes/no] ");
            streams.err().flush();
            var reader =
                    new BufferedReader(new InputStreamReader(streams.in(), StandardCharsets.UTF_8));
            try {
                return "yes".equalsIgnoreCase(String.valueOf(reader.readLine()).strip());
            } catch (IOException gone) {
                return false;
            }
        };
    }

    private static DevicePrompt.Screen screen(Streams streams) {
        var err = streams.err();
        return new DevicePrompt.Screen() {
            @Override
            public void show(DevicePrompt prompt) {
                var page = prompt.pageWithCode().orElse(prompt.page());
                err.println("Open this page in a browser, on this machine or another:");
                err.println("  " + Printable.line(page.toString()));
                err.println("It shows or asks for the code " + Printable.line(prompt.code()) + ".");
                err.flush();
            }

            @Override
            public void waiting(java.time.Duration left) {
                if (streams.terminals().err()) {
                    err.print(
                            "\rWaiting for you to sign in; the code is good for "
                                    + left.toMinutes()
                                    + " min "
                                    + left.toSecondsPart()
                                    + " s.  ");
                    err.flush();
                }
            }
        };
    }

    private static void welcome(Streams streams, AgentHome home, Profile profile)
            throws IOException {
        var err = streams.err();
        if (streams.terminals().err()) {
            err.println();
        }
        var names = new ArrayList<String>();
        try (var api = ApiClient.open(home)) {
            api.get("/v1/connections").forEach(each -> names.add(each.path("id").asText()));
        }
        err.println(
                "Signed in as "
                        + Printable.line(profile.user())
                        + (profile.groups().isEmpty()
                                ? ""
                                : " (" + Printable.line(String.join(", ", profile.groups())) + ")")
                        + " at "
                        + profile.gateway().place()
                        + ".");
        err.println(
                names.isEmpty()
                        ? "There is no connection for you yet. Ask the operators."
                        : "You may reach: " + Printable.line(String.join(", ", names)));
        if (!names.isEmpty()) {
            err.println("Next: sfguard connect " + Printable.line(names.getFirst()));
        }
    }
}
