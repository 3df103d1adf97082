package dev.sfguard.gateway.tunnel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.gateway.identity.Identity;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import org.apache.sshd.common.config.keys.OpenSshCertificate;

/// An identity inside a certificate: written by the authority, believed only under its signature.
final class CertifiedIdentity {
    private static final ObjectMapper JSON = new ObjectMapper();

    private CertifiedIdentity() {}

    static String toJson(Identity identity) {
        var json =
                JSON.createObjectNode()
                        .put("sub", identity.subject())
                        .put("name", identity.name())
                        .put("kind", identity.kind().name())
                        .put("iss", identity.issuer());
        var groups = json.putArray("groups");
        identity.groups().stream().sorted().forEach(groups::add);
        return json.toString();
    }

    /// Empty when the certificate names nobody, or in a way that this version does not know.
    static Optional<Identity> of(OpenSshCertificate certificate) {
        String text = certificate.getExtensionsMap().get(Handshake.IDENTITY_EXTENSION);
        if (text == null) {
            return Optional.empty();
        }
        try {
            JsonNode json = JSON.readTree(text);
            var groups = new HashSet<String>();
            for (var group : json.required("groups")) {
                groups.add(group.asText());
            }
            return Optional.of(
                    new Identity(
                            json.required("sub").asText(),
                            json.required("name").asText(),
                            Identity.Kind.valueOf(json.required("kind").asText()),
                            groups,
                            json.required("iss").asText(),
                            Instant.ofEpochSecond(certificate.getValidBefore())));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
