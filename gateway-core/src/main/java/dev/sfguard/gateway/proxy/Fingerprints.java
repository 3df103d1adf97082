package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.approval.Fingerprint;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.snowflake.ClientParameters;
import dev.sfguard.gateway.snowflake.QueryRequest;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// What an approval is bound to: the statement, byte for byte, with its binds and parameters, who
/// asks, and all that its names and values mean in the session as it is now.
final class Fingerprints {

    /// Drivers send it with every statement but the first; it changes nothing of what runs.
    private static final Set<String> MEANINGLESS = Set.of("NEW_SQL_FORMAT");

    private Fingerprints() {}

    /// @param who asks, as an AI agent where the client says so
    /// @param place where the session stands
    static Fingerprint of(
            Session session, Identity who, QueryRequest request, Footing.Place place) {
        var scope = place.scope();
        var builder =
                Fingerprint.of()
                        .part("statement", request.sqlText())
                        .part("binds", binds(request))
                        .part("parameters", parameters(request))
                        .part("connection", session.facts().connection())
                        .part("subject", who.subject())
                        .part("issuer", who.issuer())
                        .part("kind", who.kind().name())
                        .part("role", String.join("\n", new TreeSet<>(place.roles())))
                        // The gateway lets no session have others.
                        .part("secondary roles", "NONE")
                        .part("warehouse", warehouse(session))
                        .part("scope", names(scope.database(), scope.schema()))
                        .part("session", session.state().meaning());
        if (!place.doubt().isEmpty()) {
            // The same text in another unknown place is another statement.
            builder.part("in doubt", place.doubt());
        }
        if (request.sqlText().toUpperCase(Locale.ROOT).contains("LAST_QUERY_ID")) {
            // It means another result behind every other statement.
            builder.part("after", session.id() + " " + session.statements());
        }
        if (session.state().irreplaceable().isPresent()) {
            // A transaction, a temporary object or a variable is of this session alone.
            builder.part("only in", session.id());
        }
        return builder.build();
    }

    static String warehouse(Session session) {
        var login = session.facts().warehouse();
        return session.upstream().warehouse().orElse(login == null ? "" : Upstream.folded(login));
    }

    private static Map<String, String> names(
            @org.jspecify.annotations.Nullable String database,
            @org.jspecify.annotations.Nullable String schema) {
        var names = new HashMap<String, String>();
        if (database != null) {
            names.put("database", database);
        }
        if (schema != null) {
            names.put("schema", schema);
        }
        return names;
    }

    /// Type and value of each, as the client wrote them.
    private static Map<String, String> binds(QueryRequest request) {
        var binds = new HashMap<String, String>();
        request.bindings()
                .ifPresent(
                        all ->
                                all.properties()
                                        .forEach(
                                                bind ->
                                                        binds.put(
                                                                bind.getKey(),
                                                                bind.getValue().toString())));
        return binds;
    }

    private static Map<String, String> parameters(QueryRequest request) {
        var parameters = new HashMap<String, String>();
        request.parameters()
                .forEach(
                        (name, value) -> {
                            if (ClientParameters.mayBeSet(name) && !MEANINGLESS.contains(name)) {
                                parameters.put(name, value.toString());
                            }
                        });
        return parameters;
    }
}
