package dev.sfguard.cli.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.agent.ApiClient;
import dev.sfguard.cli.Streams;
import dev.sfguard.cli.connect.Home;
import dev.sfguard.gateway.identity.Identity;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/// Asks the gateway what it would do, through the agent.
@FunctionalInterface
interface Explained {

    /// @param question the body of `POST /v1/explain`
    JsonNode ask(Streams streams, JsonNode question) throws IOException;

    static Explained byGateway() {
        return (streams, question) -> {
            try (var api = ApiClient.open(Home.of(streams))) {
                return api.post("/v1/explain", question);
            }
        };
    }

    /// @param as empty: whoever is signed in
    static ObjectNode question(
            Optional<Identity> as,
            Optional<String> connection,
            Optional<String> database,
            Optional<String> schema,
            String sql) {
        var question = JsonNodeFactory.instance.objectNode();
        as.ifPresent(who -> put(question.putObject("as"), who));
        connection.ifPresent(name -> question.put("connection", name));
        database.ifPresent(name -> question.put("database", name));
        schema.ifPresent(name -> question.put("schema", name));
        return question.put("sql", sql);
    }

    private static void put(ObjectNode as, Identity who) {
        as.put("user", who.name());
        as.put("kind", who.kind().name().toLowerCase(Locale.ROOT));
        who.groups().stream().sorted().forEach(as.putArray("groups")::add);
        if (!who.issuer().isEmpty()) {
            as.put("issuer", who.issuer());
        }
    }
}
