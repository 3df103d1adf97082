package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.Condition.Truth;
import java.util.Set;

/// Tells whether a statement's own WHERE narrows it. A WHERE in parentheses belongs to a
/// subquery and counts for nothing; the ON of a MERGE is its WHERE.
final class WhereClause {
    /// Words that end a WHERE at its own depth.
    private static final Set<String> ENDS =
            Set.of(
                    "GROUP",
                    "ORDER",
                    "HAVING",
                    "QUALIFY",
                    "LIMIT",
                    "OFFSET",
                    "FETCH",
                    "UNION",
                    "INTERSECT",
                    "EXCEPT",
                    "MINUS",
                    "CONNECT",
                    "START",
                    "WHERE");

    private static final Set<String> SET_OPERATORS =
            Set.of("UNION", "INTERSECT", "EXCEPT", "MINUS");

    private final Tokens tokens;
    private final Range range;
    private final Condition condition;

    private WhereClause(Tokens tokens, Range range, Target target) {
        this.tokens = tokens;
        this.range = range;
        this.condition = new Condition(tokens, target);
    }

    /// Every branch of the statement has a condition that reads a column and is not always
    /// true.
    static boolean narrows(StatementClass kind, Tokens tokens, Range range) {
        var clause = new WhereClause(tokens, range, Target.of(kind, tokens, range));
        return kind == StatementClass.MERGE ? clause.mergeNarrows() : clause.everyBranchNarrows();
    }

    private boolean everyBranchNarrows() {
        var inner = Parentheses.unwrap(tokens, range.from(), range.to());
        int to = inner.to();
        boolean branchNarrows = false;
        int depth = 0;
        int k = inner.from();
        while (k < to) {
            switch (tokens.kind(k)) {
                case OPEN -> depth++;
                case CLOSE -> depth--;
                case WORD -> {
                    if (depth == 0 && tokens.is(k, "WHERE")) {
                        int end = end(k + 1, to);
                        if (condition.truth(k + 1, end) != Truth.READS_COLUMNS) {
                            return false;
                        }
                        branchNarrows = true;
                        k = end - 1;
                    } else if (depth == 0 && SET_OPERATORS.contains(tokens.word(k))) {
                        if (!branchNarrows) {
                            return false;
                        }
                        branchNarrows = false;
                    }
                }
                default -> {}
            }
            k++;
        }
        return branchNarrows;
    }

    /// From ON to the first WHEN.
    private boolean mergeNarrows() {
        int on = -1;
        int depth = 0;
        for (int k = range.from(); k < range.to(); k++) {
            switch (tokens.kind(k)) {
                case OPEN -> depth++;
                case CLOSE -> depth--;
                case WORD -> {
                    if (depth == 0 && on < 0 && tokens.is(k, "ON")) {
                        on = k;
                    } else if (depth == 0 && on >= 0 && tokens.is(k, "WHEN")) {
                        return condition.truth(on + 1, k) == Truth.READS_COLUMNS;
                    }
                }
                default -> {}
            }
        }
        return false;
    }

    private int end(int from, int to) {
        int depth = 0;
        for (int k = from; k < to; k++) {
            switch (tokens.kind(k)) {
                case OPEN -> depth++;
                case CLOSE -> depth--;
                case WORD -> {
                    boolean name = tokens.isOperator(k - 1, ".");
                    if (depth == 0 && !name && ENDS.contains(tokens.word(k))) {
                        return k;
                    }
                }
                default -> {}
            }
        }
        return to;
    }
}
