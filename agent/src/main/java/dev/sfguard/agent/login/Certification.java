package dev.sfguard.agent.login;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.agent.AgentHome;
import dev.sfguard.agent.ApiClient;
import dev.sfguard.agent.GatewayAddress;
import dev.sfguard.agent.Profile;
import dev.sfguard.agent.tunnel.AgentKey;
import dev.sfguard.agent.tunnel.Tunnel;
import dev.sfguard.gateway.identity.Secret;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Optional;

/// Asks the gateway to certify a key, and keeps what it answers.
final class Certification {
    private final AgentHome home;
    private final Clock clock;

    Certification(AgentHome home, Clock clock) {
        this.home = home;
        this.clock = clock;
    }

    /// Where a login came from: what a renewal needs to know.
    record Origin(
            GatewayAddress gateway,
            String gatewayId,
            Optional<String> issuer,
            Optional<String> clientId,
            Optional<Path> tokenFile) {

        static Origin of(Profile profile) {
            return new Origin(
                    profile.gateway(),
                    profile.gatewayId(),
                    profile.issuer(),
                    profile.clientId(),
                    profile.tokenFile());
        }
    }

    /// @param token needed on a tunnel that is not an enrolment's
    Profile certify(Origin origin, Tunnel tunnel, AgentKey key, Optional<Secret> token)
            throws IOException {
        var body = new LinkedHashMap<String, String>();
        body.put("public_key", key.publicText());
        token.ifPresent(secret -> body.put("token", secret.reveal()));
        JsonNode answer;
        try (var api = ApiClient.over(tunnel::api)) {
            answer = api.post("/v1/certificates", body);
        }
        String certificate = answer.path("certificate").asText();
        var issued = key.read(certificate);
        var groups = new ArrayList<String>();
        answer.path("groups").forEach(group -> groups.add(group.asText()));
        var profile =
                new Profile(
                        origin.gateway(),
                        origin.gatewayId(),
                        origin.issuer(),
                        origin.clientId(),
                        origin.tokenFile(),
                        answer.path("user").asText(issued.principal()),
                        issued.principal(),
                        answer.path("kind").asText("human"),
                        groups,
                        clock.instant(),
                        issued.expires());
        home.saveKeys(key.privateText(), key.publicText(), certificate);
        home.save(profile);
        return profile;
    }
}
