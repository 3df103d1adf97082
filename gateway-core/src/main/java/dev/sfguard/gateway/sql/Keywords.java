package dev.sfguard.gateway.sql;

import java.util.Set;

/// Words by which queries are cut into their parts.
final class Keywords {
    private Keywords() {}

    /// Words that are never a column in an expression.
    static final Set<String> NEVER_COLUMN =
            Set.of(
                    "ALL",
                    "AND",
                    "ANY",
                    "AS",
                    "BETWEEN",
                    "BY",
                    "CASE",
                    "CAST",
                    "CONNECT",
                    "DISTINCT",
                    "ELSE",
                    "EXISTS",
                    "FALSE",
                    "FOLLOWING",
                    "FOR",
                    "FROM",
                    "GROUP",
                    "HAVING",
                    "ILIKE",
                    "IN",
                    "INTERSECT",
                    "INTO",
                    "IS",
                    "JOIN",
                    "LIKE",
                    "MINUS",
                    "NOT",
                    "NULL",
                    "OF",
                    "ON",
                    "OR",
                    "ORDER",
                    "QUALIFY",
                    "REGEXP",
                    "RLIKE",
                    "SELECT",
                    "SET",
                    "SOME",
                    "THEN",
                    "TO",
                    "TRUE",
                    "TRY_CAST",
                    "UNION",
                    "UPDATE",
                    "VALUES",
                    "WHEN",
                    "WHERE",
                    "WITH",
                    "CURRENT_DATE",
                    "CURRENT_TIME",
                    "CURRENT_TIMESTAMP",
                    "CURRENT_USER",
                    "LOCALTIME",
                    "LOCALTIMESTAMP");

    /// Those of them that are a value.
    static final Set<String> VALUE =
            Set.of(
                    "NULL",
                    "TRUE",
                    "FALSE",
                    "CURRENT_DATE",
                    "CURRENT_TIME",
                    "CURRENT_TIMESTAMP",
                    "CURRENT_USER",
                    "LOCALTIME",
                    "LOCALTIMESTAMP");

    /// Words before a value that are names too.
    static final Set<String> PREFIX = Set.of("PRIOR", "CONNECT_BY_ROOT", "INTERVAL");

    /// Words behind a value that leave it one: `ORDER BY a DESC NULLS LAST`.
    static final Set<String> POSTFIX = Set.of("ASC", "DESC", "NULLS", "FIRST", "LAST");

    /// Words behind FROM's relations, or behind a select list without FROM.
    static final Set<String> SECTIONS =
            Set.of(
                    "WHERE", "GROUP", "HAVING", "QUALIFY", "ORDER", "LIMIT", "OFFSET", "FETCH",
                    "CONNECT", "START", "FOR", "WINDOW");

    static final Set<String> SET_OPERATORS = Set.of("UNION", "INTERSECT", "MINUS", "EXCEPT");

    static final Set<String> JOINS =
            Set.of(
                    "JOIN",
                    "INNER",
                    "LEFT",
                    "RIGHT",
                    "FULL",
                    "OUTER",
                    "CROSS",
                    "NATURAL",
                    "ASOF",
                    "DIRECTED");

    /// Words behind a relation that are not its alias.
    private static final Set<String> BEHIND_RELATION =
            Set.of(
                    "ON",
                    "USING",
                    "SET",
                    "WHEN",
                    "SELECT",
                    "VALUES",
                    "LATERAL",
                    "FROM",
                    "INTO",
                    "AS",
                    "MATCH_CONDITION",
                    "SAMPLE",
                    "TABLESAMPLE",
                    "WITH",
                    "TABLE",
                    "THEN",
                    "AND",
                    "OR");

    static boolean maybeAlias(String word) {
        return !SECTIONS.contains(word)
                && !SET_OPERATORS.contains(word)
                && !JOINS.contains(word)
                && !BEHIND_RELATION.contains(word);
    }

    /// Words before a parenthesis that call nothing.
    static final Set<String> NO_FUNCTION =
            Set.of(
                    "OVER",
                    "GROUP",
                    "PARTITION",
                    "USING",
                    "EXCLUDE",
                    "RENAME",
                    "FILTER",
                    "ROLLUP",
                    "CUBE",
                    "SETS",
                    "MEASURES",
                    "DEFINE",
                    "PATTERN",
                    "COLUMNS",
                    "TYPE",
                    "KEYS",
                    "NULLS",
                    "ESCAPE",
                    "WITHIN",
                    "END",
                    "INSERT",
                    "PER",
                    "SUBSET",
                    "ROWS",
                    "RANGE",
                    "ASC",
                    "DESC",
                    "FIRST",
                    "LAST");
}
