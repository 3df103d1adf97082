package dev.sfguard.gateway.admin;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.gateway.identity.Identity;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/// The body of `POST /v1/explain`. What it does not know is refused, since a pretended group that
/// is ignored would explain something else.
///
/// @param as whom to pretend; empty: whoever calls
/// @param connection empty where there is only one
record ExplainRequest(
        Optional<Identity> as,
        Optional<String> connection,
        Optional<String> database,
        Optional<String> schema,
        String sql) {

    /// SQL that people write; what is longer is data.
    static final int LONGEST_SQL = 1 << 20;

    /// The same in JSON, where a character may take six.
    static final int LARGEST_BODY = 6 * LONGEST_SQL + 64 * 1024;

    private static final Set<String> KEYS = Set.of("as", "connection", "database", "schema", "sql");
    private static final Set<String> KEYS_OF_AS = Set.of("user", "groups", "kind", "issuer");

    /// @param names reads a name as SQL does; empty when it is none
    static ExplainRequest of(JsonNode body, Function<String, Optional<String>> names)
            throws ApiProblem {
        known(body, KEYS, "the request");
        var sql = body.path("sql");
        if (!sql.isTextual()) {
            throw ApiProblem.badRequest("sql is missing.", "Send the statement as a text.");
        }
        if (sql.textValue().getBytes(StandardCharsets.UTF_8).length > LONGEST_SQL) {
            throw new ApiProblem(
                    413,
                    "too_large",
                    "The SQL is larger than 1 MiB.",
                    "Explain its statements one by one.");
        }
        return new ExplainRequest(
                body.has("as") ? Optional.of(identity(body.path("as"))) : Optional.empty(),
                text(body, "connection"),
                name(body, "database", names),
                name(body, "schema", names),
                sql.textValue());
    }

    private static Identity identity(JsonNode as) throws ApiProblem {
        known(as, KEYS_OF_AS, "as");
        String user = text(as, "user").orElse("");
        if (user.isEmpty()) {
            throw ApiProblem.badRequest("as.user is missing.", "Say whom to pretend.");
        }
        var groups = new HashSet<String>();
        for (var group : list(as.path("groups"))) {
            if (!group.isTextual()) {
                throw ApiProblem.badRequest("as.groups is no list of texts.", "Send names.");
            }
            groups.add(group.textValue());
        }
        return new Identity(
                user,
                user,
                kind(text(as, "kind").orElse("human")),
                groups,
                text(as, "issuer").orElse(""),
                Instant.MAX);
    }

    private static JsonNode list(JsonNode groups) throws ApiProblem {
        if (!groups.isMissingNode() && !groups.isArray()) {
            throw ApiProblem.badRequest("as.groups is no list.", "Send names.");
        }
        return groups;
    }

    private static Identity.Kind kind(String word) throws ApiProblem {
        for (var kind : Identity.Kind.values()) {
            if (kind.name().toLowerCase(Locale.ROOT).equals(word)) {
                return kind;
            }
        }
        throw ApiProblem.badRequest(
                "as.kind is none of human, agent and workload.", "Leave it out for a human.");
    }

    private static void known(JsonNode object, Set<String> keys, String what) throws ApiProblem {
        if (!object.isObject()) {
            throw ApiProblem.badRequest(what + " is no JSON object.", "Send one.");
        }
        Predicate<String> strange = key -> !keys.contains(key);
        var strangers = object.propertyStream().map(it -> it.getKey()).filter(strange).toList();
        if (!strangers.isEmpty()) {
            throw ApiProblem.badRequest(
                    "%s has an unknown key \"%s\".".formatted(what, strangers.getFirst()),
                    "Is the sfguard command newer than the gateway?");
        }
    }

    private static Optional<String> text(JsonNode object, String key) throws ApiProblem {
        var value = object.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw ApiProblem.badRequest(key + " is no text.", "Send a text, or leave it out.");
        }
        return Optional.of(value.textValue());
    }

    private static Optional<String> name(
            JsonNode object, String key, Function<String, Optional<String>> names)
            throws ApiProblem {
        var written = text(object, key);
        if (written.isEmpty()) {
            return written;
        }
        var folded = names.apply(written.get());
        if (folded.isEmpty()) {
            throw ApiProblem.badRequest(
                    key + " is not one name.", "Write it as in SQL: SHOP, or \"my shop\".");
        }
        return folded;
    }
}
