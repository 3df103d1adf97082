package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.sql.Analysis.Understood;
import dev.sfguard.gateway.sql.Objects;
import dev.sfguard.gateway.sql.StatementClass;
import java.util.EnumSet;
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

    /// False only when it certainly touches no object of the pattern. A statement that runs a
    /// query may always: any name in it may be a view or a function over the object.
    static boolean mayTouch(Understood statement, Objects.Unknown unknown, ObjectPattern pattern) {
        return !NAMES_ALL.containsAll(statement.classes())
                || unknown.mentioned().isEmpty()
                || pattern.mayBeAmong(unknown.mentioned());
    }
}
