package dev.sfguard.gateway.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.Signal;
import dev.sfguard.gateway.sql.StatementClass;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a session has become by the statements that ran in it: whether a new one at Snowflake
/// could take its place without the client noticing, and what would have to be run there first.
final class SessionState {

    private static final Pattern USE_OF =
            Pattern.compile("\\w+\\s+(warehouse|database|schema)\\b", Pattern.CASE_INSENSITIVE);

    private boolean autocommit = true;
    private boolean inTransaction;
    private boolean temporaryObjects;
    private boolean variables;
    private @Nullable String queryTag;
    private @Nullable String statementCount;

    private final Set<String> roles = new LinkedHashSet<>();

    /// What the session's parameters are, those that may give a statement another meaning.
    private final Map<String, String> settings = new TreeMap<>();

    /// How often something changed that only this one session at Snowflake knows: a transaction,
    /// a temporary object, a variable.
    private long changes;

    /// Names this one time of not knowing what a failed request has set; empty where it is known.
    private String doubt = "";

    /// By what they set, so that the last of each remains: USE and ALTER SESSION.
    private final Map<String, String> context = new LinkedHashMap<>();

    SessionState(Map<String, JsonNode> loginParameters) {
        loginParameters.forEach((name, value) -> parameter(name, value.asText()));
    }

    /// What {@link #write} wrote.
    static SessionState read(JsonNode json) {
        var state = new SessionState(Map.of());
        state.autocommit = json.path("autocommit").asBoolean(true);
        state.inTransaction = json.path("in_transaction").asBoolean();
        state.temporaryObjects = json.path("temporary_objects").asBoolean();
        state.variables = json.path("variables").asBoolean();
        state.queryTag = json.path("query_tag").textValue();
        state.statementCount = json.path("statement_count").textValue();
        json.path("roles").forEach(role -> state.roles.add(role.asText()));
        json.path("settings")
                .properties()
                .forEach(each -> state.settings.put(each.getKey(), each.getValue().asText()));
        json.path("context")
                .forEach(
                        each ->
                                state.context.put(
                                        each.path("sets").asText(), each.path("text").asText()));
        return state;
    }

    synchronized void write(ObjectNode json) {
        json.put("autocommit", autocommit);
        json.put("in_transaction", inTransaction);
        json.put("temporary_objects", temporaryObjects);
        json.put("variables", variables);
        json.put("query_tag", queryTag);
        json.put("statement_count", statementCount);
        var roleNames = json.putArray("roles");
        roles.forEach(roleNames::add);
        var set = json.putObject("settings");
        settings.forEach(set::put);
        // A list, since the order in which they are to be run again counts.
        var list = json.putArray("context");
        context.forEach((sets, text) -> list.addObject().put("sets", sets).put("text", text));
    }

    /// The roles that statements of the session have taken; the policy let them.
    synchronized Set<String> roles() {
        return Set.copyOf(roles);
    }

    /// @return why the session cannot be replaced; empty when it can
    synchronized Optional<String> irreplaceable() {
        if (inTransaction) {
            return Optional.of("a transaction was open");
        }
        if (temporaryObjects) {
            return Optional.of("temporary objects may have been created");
        }
        return variables ? Optional.of("session variables had been set") : Optional.<String>empty();
    }

    /// What gives a statement its meaning beside the names of database, schema and role: equal
    /// where the same text does the same.
    synchronized Map<String, String> meaning() {
        var meaning = new TreeMap<>(settings);
        meaning.put("AUTOCOMMIT", Boolean.toString(autocommit));
        if (irreplaceable().isPresent()) {
            meaning.put("(changes)", Long.toString(changes));
        }
        if (!doubt.isEmpty()) {
            meaning.put("(in doubt)", doubt);
        }
        return meaning;
    }

    /// A request ended, and how much of it was done nobody knows: settings and the warehouse may be
    /// others.
    synchronized void doubt() {
        doubt = Tokens.name();
    }

    synchronized boolean isInTransaction() {
        return inTransaction;
    }

    synchronized List<String> context() {
        return List.copyOf(context.values());
    }

    synchronized Optional<String> queryTag() {
        return Optional.ofNullable(queryTag).filter(tag -> !tag.isEmpty());
    }

    synchronized Optional<String> statementCount() {
        return Optional.ofNullable(statementCount);
    }

    /// A statement was sent: what it may have left behind counts, whether or not it succeeded.
    synchronized void sent(Analysis analysis, String text) {
        switch (analysis) {
            // Nobody knows what it left behind.
            case Analysis.Opaque _ -> {
                temporaryObjects = true;
                changes++;
            }
            case Analysis.Understood understood -> understood(understood, text);
        }
    }

    private void understood(Analysis.Understood statement, String text) {
        for (var kind : statement.classes()) {
            transaction(kind);
            switch (kind) {
                case SET, UNSET -> {
                    variables = true;
                    changes++;
                }
                case CALL, EXECUTE, SCRIPT, OTHER -> {
                    temporaryObjects = true;
                    changes++;
                }
                default -> {}
            }
        }
        switch (statement.kind()) {
            case USE_ROLE -> context("use role", text);
            case USE -> context("use " + used(text), text);
            default -> {}
        }
        for (var signal : statement.signals()) {
            switch (signal) {
                case Signal.RoleChange(var role) -> roles.add(role);
                case Signal.TemporaryObject _ -> {
                    temporaryObjects = true;
                    changes++;
                }
                case Signal.SessionVariable _ -> {
                    variables = true;
                    changes++;
                }
                case Signal.SessionParameter(var name, var value) -> {
                    context("set " + name, text);
                    parameter(name, value);
                }
                default -> {}
            }
        }
    }

    /// A USE DATABASE behind a USE SCHEMA undoes it, so the order is that of the last ones.
    private void context(String sets, String text) {
        context.remove(sets);
        context.put(sets, text);
    }

    private static String used(String text) {
        var kind = USE_OF.matcher(text);
        return kind.lookingAt() ? kind.group(1).toLowerCase(Locale.ROOT) : "";
    }

    private void transaction(StatementClass kind) {
        boolean before = inTransaction;
        switch (kind) {
            case BEGIN -> inTransaction = true;
            case COMMIT, ROLLBACK -> inTransaction = false;
            case INSERT, UPDATE, DELETE, MERGE, COPY_LOAD -> inTransaction |= !autocommit;
            // DDL commits what was open.
            case CREATE, ALTER, DROP, UNDROP, TRUNCATE, GRANT, REVOKE, COMMENT ->
                    inTransaction = false;
            default -> {}
        }
        if (before != inTransaction) {
            changes++;
        }
    }

    private void parameter(String name, @Nullable String value) {
        switch (name) {
            case "AUTOCOMMIT" -> {
                autocommit = value == null || value.equalsIgnoreCase("true");
                if (autocommit) {
                    inTransaction = false;
                }
            }
            case "QUERY_TAG" -> queryTag = value;
            case "MULTI_STATEMENT_COUNT" -> statementCount = value;
            default -> {
                if (value == null) {
                    settings.remove(name);
                } else {
                    settings.put(name, value);
                }
            }
        }
    }
}
