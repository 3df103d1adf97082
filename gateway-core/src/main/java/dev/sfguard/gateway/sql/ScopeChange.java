package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.Tokens.Kind;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// Where a session looks up names after a statement: USE, and CREATE or DROP of a database or
/// schema, change it. A forecast, to be checked against what Snowflake answers.
public final class ScopeChange {

    /// Whoever runs these may have run a USE inside of them.
    private static final Set<StatementClass> UNKNOWABLE =
            EnumSet.of(
                    StatementClass.SCRIPT,
                    StatementClass.CALL,
                    StatementClass.EXECUTE,
                    StatementClass.OTHER);

    private static final String PUBLIC = "PUBLIC";

    private ScopeChange() {}

    /// @return empty when it cannot be known before Snowflake says it
    public static Optional<NameScope> after(
            Statement statement, Analysis analysis, NameScope before) {
        if (!(analysis instanceof Analysis.Understood understood)) {
            return Optional.empty();
        }
        var classes = understood.classes();
        if (classes.stream().anyMatch(UNKNOWABLE::contains)) {
            return Optional.empty();
        }
        boolean changes =
                classes.stream()
                        .anyMatch(
                                kind ->
                                        switch (kind) {
                                            case USE, CREATE, ALTER, DROP, UNDROP -> true;
                                            default -> false;
                                        });
        if (!changes) {
            return Optional.of(before);
        }
        // Of a chain, only the last part's words would be looked at.
        return classes.size() > 1
                ? Optional.empty()
                : new Reading(Lexer.read(statement.text()), before).after(understood.kind());
    }

    private record Reading(Tokens tokens, NameScope before) {

        Optional<NameScope> after(StatementClass kind) {
            return switch (kind) {
                case USE -> use();
                case CREATE -> create();
                case DROP -> drop();
                case UNDROP -> isContainer(1) ? Optional.empty() : same();
                case ALTER -> isContainer(1) && moves() ? Optional.empty() : same();
                default -> same();
            };
        }

        private Optional<NameScope> same() {
            return Optional.of(before);
        }

        private Optional<NameScope> use() {
            return switch (tokens.word(1)) {
                case "WAREHOUSE", "ROLE", "SECONDARY" ->
                        tokens.isOperator(2, ".") ? schema(1) : same();
                case "DATABASE" -> one(2) ? database(2) : schemaOrNothing(1);
                case "SCHEMA" -> tokens.isName(2) ? schema(2) : schemaOrNothing(1);
                default -> tokens.isOperator(2, ".") ? schema(1) : database(1);
            };
        }

        /// `USE DATABASE.X`: a database of that name.
        private Optional<NameScope> schemaOrNothing(int at) {
            return tokens.isOperator(at + 1, ".") ? schema(at) : Optional.empty();
        }

        private boolean one(int at) {
            return tokens.isName(at) && !tokens.isOperator(at + 1, ".");
        }

        private Optional<NameScope> create() {
            int at = Effects.objectKind(tokens, new Range(0, tokens.size()));
            if (!isContainer(at)) {
                return same();
            }
            boolean database = tokens.is(at, "DATABASE");
            int name = at + 1;
            if (tokens.is(name, "IF")) {
                // Whether it becomes the present one when it was there before, nobody documents.
                return Optional.empty();
            }
            return database ? database(name) : schema(name);
        }

        private Optional<NameScope> drop() {
            if (!isContainer(1)) {
                return same();
            }
            int name = 2;
            while (tokens.is(name, "IF") || tokens.is(name, "EXISTS")) {
                name++;
            }
            if (!plain(name)) {
                return Optional.empty();
            }
            var first = tokens.name(name);
            if (tokens.is(1, "DATABASE")) {
                return Optional.of(first.equals(before.database()) ? NameScope.NONE : before);
            }
            boolean qualified = tokens.isOperator(name + 1, ".");
            var database = qualified ? first : before.database();
            var schema = qualified ? tokens.name(name + 2) : first;
            boolean present =
                    schema.equals(before.schema())
                            && database != null
                            && database.equals(before.database());
            return Optional.of(present ? new NameScope(before.database(), null) : before);
        }

        private boolean isContainer(int at) {
            // A DATABASE ROLE is a role.
            return (tokens.is(at, "DATABASE") && !tokens.is(at + 1, "ROLE"))
                    || tokens.is(at, "SCHEMA");
        }

        private boolean moves() {
            for (int k = 2; k < tokens.size(); k++) {
                if (tokens.is(k, "RENAME") || tokens.is(k, "SWAP")) {
                    return true;
                }
            }
            return false;
        }

        private Optional<NameScope> database(int at) {
            return plain(at) && !tokens.isOperator(at + 1, ".")
                    ? Optional.of(new NameScope(tokens.name(at), PUBLIC))
                    : Optional.empty();
        }

        private Optional<NameScope> schema(int at) {
            if (!plain(at)) {
                return Optional.empty();
            }
            if (!tokens.isOperator(at + 1, ".")) {
                return before.database() == null
                        ? Optional.empty()
                        : Optional.of(new NameScope(before.database(), tokens.name(at)));
            }
            return tokens.isName(at + 2) && !tokens.isOperator(at + 3, ".")
                    ? Optional.of(new NameScope(tokens.name(at), tokens.name(at + 2)))
                    : Optional.empty();
        }

        /// A name, and no `IDENTIFIER(…)`.
        private boolean plain(int at) {
            return tokens.isName(at) && tokens.kind(at + 1) != Kind.OPEN;
        }
    }
}
