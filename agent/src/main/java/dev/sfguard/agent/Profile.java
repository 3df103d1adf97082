package dev.sfguard.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Who is signed in at which gateway. Holds no secret.
///
/// @param gateway with the host key pinned at login
/// @param gatewayId as the gateway calls itself
/// @param issuer where tokens come from; absent for a workload's login by file
/// @param tokenFile re-read when the certificate must be renewed; absent after a person's login
/// @param user as the gateway names the identity
/// @param principal the SSH user of the certificate
/// @param kind `human`, `agent` or `workload`
/// @param expires when the certificate does
public record Profile(
        GatewayAddress gateway,
        String gatewayId,
        Optional<String> issuer,
        Optional<String> clientId,
        Optional<Path> tokenFile,
        String user,
        String principal,
        String kind,
        List<String> groups,
        Instant issued,
        Instant expires) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public Profile {
        groups = List.copyOf(groups);
    }

    /// Whether the certificate should be renewed: when a third of its life is left.
    public boolean isDue(Instant now) {
        var margin = Duration.between(issued, expires).dividedBy(3);
        return !now.isBefore(expires.minus(margin));
    }

    public boolean isExpired(Instant now) {
        return !now.isBefore(expires);
    }

    String toJson() {
        var json =
                JSON.createObjectNode()
                        .put("gateway", gateway.toString())
                        .put("gateway_id", gatewayId)
                        .put("user", user)
                        .put("principal", principal)
                        .put("kind", kind)
                        .put("issued", issued.toString())
                        .put("expires", expires.toString());
        issuer.ifPresent(uri -> json.put("issuer", uri));
        clientId.ifPresent(id -> json.put("client_id", id));
        tokenFile.ifPresent(file -> json.put("token_file", file.toString()));
        var list = json.putArray("groups");
        groups.forEach(list::add);
        return json.toPrettyString() + "\n";
    }

    /// @throws IllegalArgumentException when it is not a profile; the message says why
    static Profile parse(String text) {
        try {
            JsonNode json = JSON.readTree(text);
            var groups = new ArrayList<String>();
            json.path("groups").forEach(group -> groups.add(group.asText()));
            return new Profile(
                    GatewayAddress.parse(required(json, "gateway")),
                    required(json, "gateway_id"),
                    optional(json, "issuer"),
                    optional(json, "client_id"),
                    optional(json, "token_file").map(Path::of),
                    required(json, "user"),
                    required(json, "principal"),
                    required(json, "kind"),
                    groups,
                    Instant.parse(required(json, "issued")),
                    Instant.parse(required(json, "expires")));
        } catch (JsonProcessingException | DateTimeException e) {
            throw new IllegalArgumentException("it is damaged", e);
        }
    }

    private static String required(JsonNode json, String field) {
        return optional(json, field)
                .orElseThrow(() -> new IllegalArgumentException("it lacks " + field));
    }

    private static Optional<String> optional(JsonNode json, String field) {
        return Optional.ofNullable(json.path(field).textValue());
    }
}
