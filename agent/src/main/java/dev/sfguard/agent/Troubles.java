package dev.sfguard.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// What a running agent tells local clients when its tunnel is down: to the command in the API's
/// form, to drivers in Snowflake's.
final class Troubles {
    static final String LOGIN_NEEDED = "agent_login_needed";
    static final String UNREACHABLE = "agent_gateway_unreachable";

    private static final ObjectMapper JSON = new ObjectMapper();

    private Troubles() {}

    static byte[] forApi(IOException failure) {
        var json = JSON.createObjectNode();
        var error = json.putObject("error");
        error.put("code", isLogin(failure) ? LOGIN_NEEDED : UNREACHABLE);
        error.put("message", message(failure));
        return response("503 Service Unavailable", json);
    }

    /// Back from {@link #forApi}.
    static AgentFailure ofApi(AgentFailure.ApiRefused refused) {
        return switch (refused.code()) {
            case LOGIN_NEEDED -> new AgentFailure.LoginNeeded(refused.getMessage());
            case UNREACHABLE ->
                    new AgentFailure.GatewayUnreachable(
                            "the gateway", refused.getMessage(), refused);
            default -> refused;
        };
    }

    /// A login that is needed ends the driver's try with its reason; for a gateway that is away
    /// drivers try again by themselves, as after any 503.
    static byte[] forDriver(IOException failure) {
        var json = JSON.createObjectNode();
        if (isLogin(failure)) {
            json.putNull("data");
            json.put("code", "098010");
            json.put("message", "sfguard: " + message(failure) + ". Sign in: sfguard login");
            json.put("success", false);
            return response("200 OK", json);
        }
        if (failure instanceof AgentFailure.ConnectionUnknown unknown) {
            json.putNull("data");
            json.put("code", "098010");
            json.put(
                    "message",
                    "sfguard: you have no connection \""
                            + unknown.connection()
                            + "\". See: sfguard connections");
            json.put("success", false);
            return response("200 OK", json);
        }
        json.put("message", "sfguard: " + message(failure));
        return response("503 Service Unavailable", json);
    }

    private static boolean isLogin(IOException failure) {
        return failure instanceof AgentFailure.LoginNeeded
                || failure instanceof AgentFailure.TokenRefused
                || failure instanceof AgentFailure.SignInRefused;
    }

    private static String message(IOException failure) {
        return String.valueOf(failure.getMessage());
    }

    private static byte[] response(String status, ObjectNode json) {
        byte[] body = json.toString().getBytes(StandardCharsets.UTF_8);
        String head =
                "HTTP/1.1 "
                        + status
                        + "\r\nContent-Type: application/json\r\nConnection: close\r\n"
                        + "Content-Length: "
                        + body.length
                        + "\r\n\r\n";
        byte[] start = head.getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[start.length + body.length];
        System.arraycopy(start, 0, all, 0, start.length);
        System.arraycopy(body, 0, all, start.length, body.length);
        return all;
    }
}
