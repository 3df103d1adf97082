package dev.sfguard.gateway.tunnel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.util.Optional;

/// What agent and gateway agree on: names in the SSH protocol, and the offer that a gateway makes
/// to someone who has no certificate yet.
public final class Handshake {
    /// The SSH user of an enrolment. No certificate is ever for it.
    public static final String ENROL_USER = "_enroll";

    /// The gateway's own API, as a destination of direct-tcpip channels.
    public static final String API_HOST = "api";

    public static final int API_PORT = 80;

    /// The port of every connection, whose name is the destination's host.
    public static final int CONNECTION_PORT = 443;

    /// OpenSSH answers it too, with a failure, which proves as well that the peer is alive.
    public static final String KEEP_ALIVE = "keepalive@openssh.com";

    /// Certificate extension that holds the identity as JSON. OpenSSH ignores what it does not
    /// know.
    public static final String IDENTITY_EXTENSION = "identity@sfguard.dev";

    /// Instructions longer than this are not read.
    private static final int LONGEST_OFFER = 8 * 1024;

    private static final ObjectMapper JSON = new ObjectMapper();

    private Handshake() {}

    /// Sent as the keyboard-interactive instruction: where to get a token.
    ///
    /// @param gateway the gateway's stable id
    /// @param issuer of people's logins; absent when only workloads may enrol
    /// @param clientId the public client at that issuer
    public record Offer(String gateway, Optional<URI> issuer, Optional<String> clientId) {

        public String toJson() {
            var json = JSON.createObjectNode().put("gateway", gateway);
            issuer.ifPresent(uri -> json.put("issuer", uri.toString()));
            clientId.ifPresent(id -> json.put("client_id", id));
            return json.toString();
        }

        /// @throws IllegalArgumentException when it is not an offer; the message says why
        public static Offer parse(String instruction) {
            if (instruction.length() > LONGEST_OFFER) {
                throw new IllegalArgumentException("the offer is longer than " + LONGEST_OFFER);
            }
            try {
                JsonNode json = JSON.readTree(instruction);
                if (json == null || !json.path("gateway").isTextual()) {
                    throw new IllegalArgumentException("the offer names no gateway");
                }
                return new Offer(
                        json.path("gateway").textValue(),
                        text(json, "issuer").map(URI::create),
                        text(json, "client_id"));
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException("the offer is no JSON", e);
            }
        }

        private static Optional<String> text(JsonNode json, String field) {
            return Optional.ofNullable(json.path(field).textValue());
        }
    }
}
