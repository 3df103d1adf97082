package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.sql.Analysis.Understood;
import dev.sfguard.gateway.sql.Objects;
import dev.sfguard.gateway.sql.Signal;
import dev.sfguard.gateway.sql.StatementClass;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// What a statement may touch whose objects are not all known.
final class Exposure {
    /// Classes that run no query, and so no view, function or procedure either: what they touch,
    /// they name. Not ALTER: a task or an alert takes a query.
    private static final Set<StatementClass> NAMES_ALL =
            EnumSet.of(
                    StatementClass.TRUNCATE,
                    StatementClass.ALTER_SESSION,
                    StatementClass.ALTER_USER,
                    StatementClass.DROP,
                    StatementClass.UNDROP,
                    StatementClass.GRANT,
                    StatementClass.REVOKE,
                    StatementClass.LIST,
                    StatementClass.REMOVE,
                    StatementClass.SHOW,
                    StatementClass.USE,
                    StatementClass.USE_ROLE,
                    StatementClass.UNSET,
                    StatementClass.BEGIN,
                    StatementClass.COMMIT,
                    StatementClass.ROLLBACK,
                    StatementClass.COMMENT);

    private Exposure() {}

    /// What the statement reads or calls beyond its known objects, and nothing can look into: any
    /// object may be behind it. Empty for statements that run no query.
    static Optional<String> beyond(Understood statement) {
        return statement.signals().stream()
                .filter(Signal.Unseen.class::isInstance)
                .map(Signal.Unseen.class::cast)
                .filter(_ -> !NAMES_ALL.containsAll(statement.classes()))
                .findFirst()
                .map(Exposure::why);
    }

    private static String why(Signal.Unseen unseen) {
        return switch (unseen.cause()) {
            case VIEW -> "the definition of the view %s cannot be followed".formatted(unseen.what());
            case DERIVED -> "the rows of %s come from other tables".formatted(unseen.what());
            case NOT_IN_CATALOG ->
                    "the gateway does not know a table or view %s".formatted(unseen.what());
            case FUNCTION ->
                    "what the function %s reads is its own".formatted(unseen.what());
            case CONTAINER -> "it takes all of %s".formatted(unseen.what());
        };
    }

    /// False only when it certainly touches no object of the pattern. A statement that runs a
    /// query may always: any name in it may be a view or a function over the object.
    static boolean mayTouch(Understood statement, Objects.Unknown unknown, ObjectPattern pattern) {
        return !NAMES_ALL.containsAll(statement.classes())
                || unknown.mentioned().isEmpty()
                || pattern.mayBeAmong(unknown.mentioned());
    }
}
