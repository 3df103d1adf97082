package dev.sfguard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.agent.AgentFailure;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgentFailuresTest {
    @Test
    void every_failure_says_what_why_and_what_next() {
        var text = new StringBuilder();
        for (var failure : failures()) {
            var world = new CapturedStreams();
            var code = new ErrorPrinter(world.streams()).print(failure);
            text.append(code.status()).append(' ').append(world.err());
        }
        assertThat(text)
                .hasToString(
                        """
                        10 sfguard: You are not signed in.
                          The login has expired.
                          Sign in: sfguard login
                        2 sfguard: No gateway is known.
                          None was given, and nobody signed in here before.
                          Say which: sfguard login HOST:PORT#SHA256:…, or set SFGUARD_GATEWAY.
                        3 sfguard: Cannot reach the gateway gw:2222.
                          Connection refused.
                          Is the network or the VPN up? Is the address right?
                        4 sfguard: What answers at gw:2222 is no working gateway.
                          It did not complete an SSH handshake.
                          Check the address; it is the gateway's SSH port, usually 2222.
                        4 sfguard: The gateway gw:2222 shows another host key. Nothing was sent.
                          Expected SHA256:a
                          shown    SHA256:b
                          Somebody may be in between, or the key was replaced.
                          Ask the operators. If they replaced it: sfguard login gw:2222#SHA256:… with the key they name.
                        4 sfguard: Nobody confirmed the host key of gw:2222. Nothing was sent.
                          It shows SHA256:b.
                          If the operators name the same key: sfguard login gw:2222#SHA256:b
                        10 sfguard: The gateway gw:2222 refused the token.
                          It is expired, was used before, or is for somebody else; the gateway's log says which.
                          Get a new one: sfguard login
                        10 sfguard: Nobody was signed in.
                          The login was refused.
                          Try again: sfguard login
                        3 sfguard: Cannot reach the issuer https://login.
                          No answer.
                          The gateway names this issuer. Is the network or the VPN up?
                        4 sfguard: The issuer https://login cannot sign you in.
                          It offers no device login.
                          Ask whoever runs the gateway: its configuration names this issuer.
                        3 sfguard: Port 18443 on 127.0.0.1 is in use.
                          Another program listens there.
                          Stop it, or take another: sfguard connect --port N
                        2 sfguard: There is no connection "prod" for you.
                          See them with: sfguard connections
                        2 sfguard: There is no session X that you may read.
                          List yours with: sfguard sessions
                        3 sfguard: An agent runs already.
                          Each home has one.
                          See it: sfguard agent status, or stop it: sfguard agent stop
                        3 sfguard: The agent did not start.
                          It ended with status 1.
                          Its log: /home/ana/agent.log
                        """);
    }

    private static List<AgentFailure> failures() {
        return List.of(
                new AgentFailure.LoginNeeded("the login has expired"),
                new AgentFailure.GatewayUnknown(),
                new AgentFailure.GatewayUnreachable("gw:2222", "connection refused", null),
                new AgentFailure.GatewayFault(
                        "gw:2222", "it did not complete an SSH handshake", null),
                new AgentFailure.HostKeyMismatch("gw:2222", "SHA256:a", "SHA256:b"),
                new AgentFailure.HostKeyUnknown("gw:2222", "SHA256:b"),
                new AgentFailure.TokenRefused("gw:2222"),
                new AgentFailure.SignInRefused("the login was refused"),
                new AgentFailure.IssuerUnreachable("https://login", "no answer", null),
                new AgentFailure.IssuerFault("https://login", "it offers no device login", null),
                new AgentFailure.PortInUse(18443),
                new AgentFailure.ConnectionUnknown("prod"),
                new AgentFailure.ApiRefused(
                        404,
                        "not_found",
                        "There is no session X that you may read.",
                        "List yours with: sfguard sessions"),
                new AgentFailure.AgentRuns(),
                new AgentFailure.AgentDidNotStart("it ended with status 1", "/home/ana/agent.log"));
    }
}
