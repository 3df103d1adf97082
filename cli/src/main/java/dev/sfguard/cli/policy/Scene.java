package dev.sfguard.cli.policy;

import dev.sfguard.cli.CliFailure;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.policy.SessionView;
import dev.sfguard.gateway.policy.Usage;
import dev.sfguard.gateway.proxy.Connection;
import dev.sfguard.gateway.proxy.Trial;
import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.sql.Identifier;
import dev.sfguard.gateway.sql.ObjectName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The session that a trial pretends.
///
/// @param connection empty where the policy has only one
/// @param database as written; empty: the configuration's, else the catalog's, where it has only
///     one
/// @param schema as written; empty: the database's, where it has only one in the catalog
record Scene(
        PolicyFiles files,
        Optional<String> connection,
        Optional<String> database,
        Optional<String> schema) {

    /// @param usage of the text's first statement
    Trial run(Identity who, String sql, Usage usage, Instant now) {
        String on = connection.orElseGet(this::onlyConnection);
        var settings = settings(on);
        return Trial.run(
                files.policy(),
                who,
                view(on, settings),
                settings.flatMap(Connection::maskFunction),
                sql,
                usage,
                now);
    }

    private SessionView view(String on, Optional<Connection> settings) {
        var catalog = files.catalog();
        var inDatabase =
                database.or(() -> settings.flatMap(Connection::database))
                        .map(Scene::folded)
                        .or(() -> only(catalog.databases().stream()));
        // The configured schema is one of the configured database.
        var inSchema =
                schema.or(() -> database.isEmpty() ? settings.flatMap(Connection::schema) : schema)
                        .map(Scene::folded)
                        .or(() -> only(schemas(catalog, inDatabase)));
        return new SessionView(on, "", inDatabase, inSchema, "", catalog, _ -> false);
    }

    /// Empty where no configuration is given.
    private Optional<Connection> settings(String on) {
        if (files.config().isEmpty()) {
            return Optional.empty();
        }
        var all = files.config().get().connections();
        var found = all.stream().filter(each -> each.name().equals(on)).findFirst();
        if (found.isEmpty()) {
            throw CliFailure.usage(
                    "The configuration has no connection \"" + on + "\".",
                    "It has " + all.stream().map(Connection::name).sorted().toList() + ".",
                    "Name one of them: --connection, or \"connection\" in an example.");
        }
        return found;
    }

    private String onlyConnection() {
        var all = files.policy().connections();
        if (all.size() != 1) {
            throw CliFailure.usage(
                    "Which connection is meant?",
                    all.isEmpty()
                            ? "The policy gives nobody a role on any."
                            : "The policy speaks of " + String.join(", ", all) + ".",
                    "Name one: --connection, or \"connection\" in an example.");
        }
        return all.iterator().next();
    }

    private static Stream<String> schemas(Catalog catalog, Optional<String> database) {
        return catalog.relations().keySet().stream()
                .filter(name -> Optional.of(name.database()).equals(database))
                .map(ObjectName::schema)
                .distinct();
    }

    private static Optional<String> only(Stream<String> names) {
        List<String> some = names.limit(2).toList();
        return some.size() == 1 ? Optional.of(some.getFirst()) : Optional.empty();
    }

    private static String folded(String written) {
        return Identifier.fold(written)
                .orElseThrow(
                        () ->
                                CliFailure.usage(
                                        "\"" + written + "\" is not one name.",
                                        "Names are written as in SQL.",
                                        "For example: --database SHOP --schema PUBLIC"));
    }
}
