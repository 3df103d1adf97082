package dev.sfguard.cli;

import dev.sfguard.agent.AgentFailure;
import dev.sfguard.agent.AgentFailure.AgentDidNotStart;
import dev.sfguard.agent.AgentFailure.AgentRuns;
import dev.sfguard.agent.AgentFailure.ApiRefused;
import dev.sfguard.agent.AgentFailure.ConnectionUnknown;
import dev.sfguard.agent.AgentFailure.GatewayFault;
import dev.sfguard.agent.AgentFailure.GatewayUnknown;
import dev.sfguard.agent.AgentFailure.GatewayUnreachable;
import dev.sfguard.agent.AgentFailure.HostKeyMismatch;
import dev.sfguard.agent.AgentFailure.HostKeyUnknown;
import dev.sfguard.agent.AgentFailure.IssuerFault;
import dev.sfguard.agent.AgentFailure.IssuerUnreachable;
import dev.sfguard.agent.AgentFailure.LoginNeeded;
import dev.sfguard.agent.AgentFailure.PortInUse;
import dev.sfguard.agent.AgentFailure.SignInRefused;
import dev.sfguard.agent.AgentFailure.TokenRefused;

/// Explains what the agent throws.
final class AgentFailures {
    private AgentFailures() {}

    static CliFailure of(AgentFailure failure) {
        return switch (failure) {
            case LoginNeeded needed ->
                    explained(
                            needed,
                            ExitCode.LOGIN,
                            "You are not signed in.",
                            sentence(needed.getMessage()),
                            "Sign in: sfguard login");
            case GatewayUnknown unknown ->
                    explained(
                            unknown,
                            ExitCode.USAGE,
                            "No gateway is known.",
                            "None was given, and nobody signed in here before.",
                            "Say which: sfguard login HOST:PORT#SHA256:…, or set"
                                    + " SFGUARD_GATEWAY.");
            case GatewayUnreachable away ->
                    explained(
                            away,
                            ExitCode.UNREACHABLE,
                            "Cannot reach " + named(away.gateway()) + ".",
                            sentence(away.why()),
                            "Is the network or the VPN up? Is the address right?");
            case GatewayFault fault ->
                    explained(
                            fault,
                            ExitCode.PROTOCOL,
                            "What answers at " + fault.gateway() + " is no working gateway.",
                            sentence(fault.why()),
                            "Check the address; it is the gateway's SSH port, usually 2222.");
            case HostKeyMismatch wrong ->
                    explained(
                            wrong,
                            ExitCode.PROTOCOL,
                            "The gateway "
                                    + wrong.gateway()
                                    + " shows another host key. Nothing was sent.",
                            "Expected "
                                    + wrong.pinned()
                                    + "\nshown    "
                                    + wrong.shown()
                                    + "\nSomebody may be in between, or the key was replaced.",
                            "Ask the operators. If they replaced it: sfguard login "
                                    + wrong.gateway()
                                    + "#SHA256:… with the key they name.");
            case HostKeyUnknown unknown ->
                    explained(
                            unknown,
                            ExitCode.PROTOCOL,
                            "Nobody confirmed the host key of "
                                    + unknown.gateway()
                                    + ". Nothing was sent.",
                            "It shows " + unknown.shown() + ".",
                            "If the operators name the same key: sfguard login "
                                    + unknown.gateway()
                                    + "#"
                                    + unknown.shown());
            case TokenRefused refused ->
                    explained(
                            refused,
                            ExitCode.LOGIN,
                            "The gateway " + refused.gateway() + " refused the token.",
                            "It is expired, was used before, or is for somebody else; the gateway's"
                                    + " log says which.",
                            "Get a new one: sfguard login");
            case SignInRefused refused ->
                    explained(
                            refused,
                            ExitCode.LOGIN,
                            "Nobody was signed in.",
                            sentence(refused.getMessage()),
                            "Try again: sfguard login");
            case IssuerUnreachable away ->
                    explained(
                            away,
                            ExitCode.UNREACHABLE,
                            "Cannot reach the issuer " + away.issuer() + ".",
                            sentence(away.why()),
                            "The gateway names this issuer. Is the network or the VPN up?");
            case IssuerFault fault ->
                    explained(
                            fault,
                            ExitCode.PROTOCOL,
                            "The issuer " + fault.issuer() + " cannot sign you in.",
                            sentence(fault.why()),
                            "Ask whoever runs the gateway: its configuration names this issuer.");
            case PortInUse taken ->
                    explained(
                            taken,
                            ExitCode.UNREACHABLE,
                            "Port " + taken.port() + " on 127.0.0.1 is in use.",
                            "Another program listens there.",
                            "Stop it, or take another: sfguard connect --port N");
            case ConnectionUnknown unknown ->
                    explained(
                            unknown,
                            ExitCode.USAGE,
                            "There is no connection \"" + unknown.connection() + "\" for you.",
                            "",
                            "See them with: sfguard connections");
            case ApiRefused refused -> ofApi(refused);
            case AgentRuns runs ->
                    explained(
                            runs,
                            ExitCode.UNREACHABLE,
                            "An agent runs already.",
                            "Each home has one.",
                            "See it: sfguard agent status, or stop it: sfguard agent stop");
            case AgentDidNotStart dead ->
                    explained(
                            dead,
                            ExitCode.UNREACHABLE,
                            "The agent did not start.",
                            sentence(dead.getMessage()),
                            "Its log: " + dead.log());
        };
    }

    private static CliFailure ofApi(ApiRefused refused) {
        ExitCode code =
                switch (refused.status()) {
                    case 400, 404, 409, 413 -> ExitCode.USAGE;
                    case 429 -> ExitCode.LIMIT;
                    case 401, 403 -> ExitCode.LOGIN;
                    case 502, 503, 504 -> ExitCode.UNREACHABLE;
                    default -> ExitCode.PROTOCOL;
                };
        return explained(refused, code, refused.getMessage(), "", refused.next());
    }

    private static CliFailure explained(
            AgentFailure cause, ExitCode code, String what, String why, String next) {
        return new CliFailure(code, what, why, next, cause);
    }

    private static String named(String gateway) {
        return gateway.equals("the gateway") ? gateway : "the gateway " + gateway;
    }

    /// `connection refused` → `Connection refused.`
    private static String sentence(String text) {
        if (text.isEmpty()) {
            return text;
        }
        String capital =
                text.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + text.substring(1);
        return capital.endsWith(".") ? capital : capital + ".";
    }
}
