package dev.sfguard.gateway.sql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A place in a statement where a relation stands. All spans are places in the statement's own
/// text.
///
/// @param names what the reference may mean: one name, or several where the catalog cannot tell
///     or where a quoted name may be read in upper case; empty unless the kind names an object
/// @param last the last part of the written name, folded; empty where nothing is named
/// @param name from the name's first to its last character, `IDENTIFIER(…)` and `TABLE(…)`
///     whole; of sources without a name, the whole source
/// @param clauses what stands behind the name, in the order of the text
/// @param alias folded; null where there is none
/// @param aliasSpan the alias with AS and its list of columns; null where there is none
public record TableReference(
        Kind kind,
        Role role,
        List<ObjectName> names,
        String last,
        Span name,
        List<Clause> clauses,
        @Nullable String alias,
        @Nullable Span aliasSpan) {
    public TableReference {
        names = List.copyOf(names);
        clauses = List.copyOf(clauses);
    }

    /// What stands there.
    public enum Kind {
        /// A name that means an object of a schema.
        TABLE,
        /// `IDENTIFIER('name')`.
        IDENTIFIER,
        /// `TABLE('name')`.
        TABLE_LITERAL,
        /// A common table expression that is visible there.
        CTE,
        /// A table function, lateral or not.
        FUNCTION,
        VALUES,
        /// Files of a stage; of `@%t`, `names` says which table's stage it may be.
        STAGE,
        /// `$1` of a `->>` chain.
        RESULT
    }

    /// What happens to it there.
    public enum Role {
        /// Its rows are read, and a query may stand in its place.
        SOURCE,
        /// It is changed, or defined.
        TARGET,
        /// It is read as a whole where no query may stand in its place: CLONE, a stream.
        COPIED
    }

    /// @param span from the clause's first word to its closing parenthesis
    public record Clause(Form form, Span span) {}

    /// Kinds of clauses.
    public enum Form {
        /// `AT (…)`, `BEFORE (…)`.
        TIME_TRAVEL,
        /// `CHANGES (…) AT (…) END (…)`, all of it.
        CHANGES,
        SAMPLE,
        MATCH_RECOGNIZE,
        PIVOT,
        UNPIVOT
    }
}
