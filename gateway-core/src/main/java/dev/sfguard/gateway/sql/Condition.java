package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.Tokens.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Folds a condition as far as tokens allow: TRUE, `1 = 1`, `c = c`, `x OR TRUE`. It errs on
/// one side: what it cannot follow counts as no condition.
final class Condition {
    /// Conditions nested deeper are not followed.
    private static final int DEEPEST = 16;

    /// Longer expressions are not compared with each other.
    private static final int LONGEST_COMPARED = 64;

    /// Words that are no column even though nothing calls them.
    private static final Set<String> NO_COLUMN =
            Set.of(
                    "TRUE",
                    "FALSE",
                    "NULL",
                    "AND",
                    "OR",
                    "NOT",
                    "IN",
                    "IS",
                    "LIKE",
                    "ILIKE",
                    "RLIKE",
                    "REGEXP",
                    "BETWEEN",
                    "EXISTS",
                    "CASE",
                    "WHEN",
                    "THEN",
                    "ELSE",
                    "END",
                    "DISTINCT",
                    "FROM",
                    "ANY",
                    "ALL",
                    "SOME",
                    "ESCAPE",
                    "SELECT",
                    "INTERVAL",
                    "AS",
                    "CURRENT_DATE",
                    "CURRENT_TIME",
                    "CURRENT_TIMESTAMP",
                    "CURRENT_USER",
                    "LOCALTIME",
                    "LOCALTIMESTAMP",
                    "SYSDATE",
                    "COLLATE",
                    "VALUES",
                    "NEXTVAL");

    /// Functions whose first argument may be a part of a date, which looks like a column.
    private static final Set<String> TAKES_DATE_PART =
            Set.of(
                    "DATEADD",
                    "DATEDIFF",
                    "TIMEADD",
                    "TIMEDIFF",
                    "TIMESTAMPADD",
                    "TIMESTAMPDIFF",
                    "DATE_TRUNC",
                    "DATE_PART",
                    "EXTRACT");

    private static final Set<String> COMPARISONS = Set.of("=", "<>", "!=", "<", ">", "<=", ">=");
    private static final Set<String> TRUE_OF_EQUALS = Set.of("=", "<=", ">=", "LIKE", "ILIKE");

    /// What is known of a condition before it runs.
    enum Truth {
        ALWAYS,
        NEVER,
        /// Reads no column: the same for every row, whatever it is.
        CONSTANT,
        READS_COLUMNS
    }

    private final Tokens tokens;
    private final Target target;

    Condition(Tokens tokens, Target target) {
        this.tokens = tokens;
        this.target = target;
    }

    Truth truth(int from, int to) {
        return truth(from, to, 0);
    }

    private Truth truth(int start, int end, int nesting) {
        var inner = Parentheses.unwrap(tokens, start, end);
        int from = inner.from();
        int to = inner.to();
        if (from >= to || nesting > DEEPEST) {
            return Truth.CONSTANT;
        }
        var arms = split(from, to, "OR");
        if (arms.size() > 1) {
            return either(arms, nesting);
        }
        var parts = split(from, to, "AND");
        if (parts.size() > 1) {
            return both(parts, nesting);
        }
        if (tokens.is(from, "NOT")) {
            return negated(truth(from + 1, to, nesting + 1));
        }
        return predicate(from, to);
    }

    private Truth either(List<Range> arms, int nesting) {
        var seen = new HashSet<String>();
        boolean reads = false;
        for (var arm : arms) {
            switch (truth(arm.from(), arm.to(), nesting + 1)) {
                case ALWAYS -> {
                    return Truth.ALWAYS;
                }
                case CONSTANT -> {
                    return Truth.CONSTANT;
                }
                case READS_COLUMNS -> {
                    reads = true;
                    if (arm.to() - arm.from() <= LONGEST_COMPARED) {
                        if (seen.contains(opposite(arm))) {
                            return Truth.ALWAYS;
                        }
                        seen.add(text(arm.from(), arm.to()));
                    }
                }
                case NEVER -> {}
            }
        }
        return reads ? Truth.READS_COLUMNS : Truth.NEVER;
    }

    private Truth both(List<Range> parts, int nesting) {
        boolean reads = false;
        boolean constant = false;
        for (var part : parts) {
            switch (truth(part.from(), part.to(), nesting + 1)) {
                case NEVER -> {
                    return Truth.NEVER;
                }
                case READS_COLUMNS -> reads = true;
                case CONSTANT -> constant = true;
                case ALWAYS -> {}
            }
        }
        if (reads) {
            return Truth.READS_COLUMNS;
        }
        return constant ? Truth.CONSTANT : Truth.ALWAYS;
    }

    private static Truth negated(Truth truth) {
        return switch (truth) {
            case ALWAYS -> Truth.NEVER;
            case NEVER -> Truth.ALWAYS;
            case CONSTANT, READS_COLUMNS -> truth;
        };
    }

    private Truth predicate(int from, int to) {
        if (to - from == 1) {
            return single(from);
        }
        int comparison = comparison(from, to);
        if (comparison > 0) {
            String operator = tokens.text(comparison).toUpperCase(Locale.ROOT);
            boolean same = sameOperand(from, comparison, comparison + 1, to);
            if (same && TRUE_OF_EQUALS.contains(operator)) {
                return Truth.ALWAYS;
            }
            if (isEverything(operator, comparison + 1, to)) {
                return Truth.ALWAYS;
            }
            if (isDifferentNumbers(from, comparison, to) && operator.equals("=")) {
                return Truth.NEVER;
            }
        }
        if (repeatsItself(from, to)) {
            return Truth.ALWAYS;
        }
        return readsColumn(from, to) ? Truth.READS_COLUMNS : Truth.CONSTANT;
    }

    private Truth single(int k) {
        return switch (tokens.kind(k)) {
            case WORD ->
                    switch (tokens.word(k)) {
                        case "TRUE" -> Truth.ALWAYS;
                        case "FALSE", "NULL" -> Truth.NEVER;
                        default -> readsColumn(k, k + 1) ? Truth.READS_COLUMNS : Truth.CONSTANT;
                    };
            case NUMBER -> tokens.text(k).equals("0") ? Truth.NEVER : Truth.ALWAYS;
            case QUOTED -> Truth.READS_COLUMNS;
            default -> Truth.CONSTANT;
        };
    }

    /// `c LIKE '%'`: true of every row that has a value.
    private boolean isEverything(String operator, int from, int to) {
        boolean like = operator.equals("LIKE") || operator.equals("ILIKE");
        if (!like || to - from != 1 || !tokens.isLiteral(from)) {
            return false;
        }
        String pattern = tokens.literal(from);
        return !pattern.isEmpty() && pattern.chars().allMatch(c -> c == '%');
    }

    private boolean isDifferentNumbers(int from, int comparison, int to) {
        return comparison == from + 1
                && to == comparison + 2
                && tokens.kind(from) == Kind.NUMBER
                && tokens.kind(comparison + 1) == Kind.NUMBER
                && tokens.text(from).matches("[0-9]{1,18}")
                && tokens.text(comparison + 1).matches("[0-9]{1,18}")
                && Long.parseLong(tokens.text(from)) != Long.parseLong(tokens.text(comparison + 1));
    }

    /// `c IN (1, c)`, `c BETWEEN c AND c`, `c IS NOT DISTINCT FROM c`, `EQUAL_NULL(c, c)`.
    private boolean repeatsItself(int from, int to) {
        int operator = from;
        while (operator < to
                && !tokens.is(operator, "IN")
                && !tokens.is(operator, "BETWEEN")
                && !tokens.is(operator, "IS")
                && !(operator == from && tokens.is(operator, "EQUAL_NULL"))) {
            operator++;
        }
        if (tokens.is(operator - 1, "NOT")) {
            return false;
        }
        return switch (tokens.word(operator)) {
            case "IN" -> anyElement(from, operator, operator + 2, to - 1);
            case "BETWEEN" -> {
                var bounds = split(operator + 1, to, "AND");
                yield bounds.size() == 2
                        && same(from, operator, bounds.get(0))
                        && same(from, operator, bounds.get(1));
            }
            case "IS" ->
                    tokens.is(operator + 1, "NOT")
                            && tokens.is(operator + 2, "DISTINCT")
                            && sameOperand(from, operator, operator + 4, to);
            case "EQUAL_NULL" -> {
                var sides = split(operator + 2, to - 1, ",");
                yield sides.size() == 2
                        && same(sides.get(0).from(), sides.get(0).to(), sides.get(1));
            }
            default -> false;
        };
    }

    private boolean anyElement(int from, int to, int listFrom, int listTo) {
        return listFrom < listTo
                && split(listFrom, listTo, ",").stream().anyMatch(e -> same(from, to, e));
    }

    private boolean same(int from, int to, Range other) {
        return sameOperand(from, to, other.from(), other.to());
    }

    /// The same words; and of a statement with one table also `c` and `t.c`.
    private boolean sameOperand(int from, int to, int otherFrom, int otherTo) {
        String one = operand(from, to);
        return !one.isEmpty() && one.equals(operand(otherFrom, otherTo));
    }

    private String operand(int start, int end) {
        var inner = Parentheses.unwrap(tokens, start, end);
        int from = inner.from();
        int to = inner.to();
        while (target.alone() && tokens.isName(from) && tokens.isOperator(from + 1, ".")) {
            from += 2;
        }
        return text(from, to);
    }

    /// Empty for what is too long to compare.
    private String text(int from, int to) {
        if (to - from > LONGEST_COMPARED) {
            return "";
        }
        var text = new StringBuilder();
        for (int k = from; k < to; k++) {
            text.append(tokens.isName(k) ? tokens.name(k) : tokens.text(k)).append(' ');
        }
        return text.toString();
    }

    /// What the arm would read like if it said the contrary: of `c IS NULL` that is `c IS NOT
    /// NULL`.
    private String opposite(Range arm) {
        String text = text(arm.from(), arm.to());
        if (text.endsWith(" IS NOT NULL ")) {
            return text.replace(" IS NOT NULL ", " IS NULL ");
        } else if (text.endsWith(" IS NULL ")) {
            return text.replace(" IS NULL ", " IS NOT NULL ");
        } else if (text.startsWith("NOT ")) {
            return text.substring("NOT ".length());
        }
        int comparison = comparison(arm.from(), arm.to());
        return switch (comparison > 0 ? tokens.text(comparison) : "") {
            case "=" -> swap(arm, comparison, "<>");
            case "<>", "!=" -> swap(arm, comparison, "=");
            case "<" -> swap(arm, comparison, ">=");
            case ">=" -> swap(arm, comparison, "<");
            case ">" -> swap(arm, comparison, "<=");
            case "<=" -> swap(arm, comparison, ">");
            default -> "NOT " + text;
        };
    }

    private String swap(Range arm, int comparison, String operator) {
        return text(arm.from(), comparison) + operator + ' ' + text(comparison + 1, arm.to());
    }

    /// The only comparison at the range's own depth, or -1.
    private int comparison(int from, int to) {
        int depth = 0;
        int found = -1;
        for (int k = from; k < to; k++) {
            Kind kind = tokens.kind(k);
            if (kind == Kind.OPEN) {
                depth++;
            } else if (kind == Kind.CLOSE) {
                depth--;
            } else if (depth == 0 && k > from && compares(k, kind)) {
                if (found >= 0) {
                    return -1;
                }
                found = k;
            }
        }
        return found;
    }

    private boolean compares(int k, Kind kind) {
        if (kind == Kind.WORD) {
            boolean like = tokens.is(k, "LIKE") || tokens.is(k, "ILIKE");
            return like && !tokens.is(k - 1, "NOT");
        }
        return kind == Kind.OPERATOR && COMPARISONS.contains(tokens.text(k));
    }

    /// Splits at a word or an operator that stands in no parentheses and no CASE. The AND of
    /// a BETWEEN is none that joins conditions.
    private List<Range> split(int from, int to, String separator) {
        var parts = new ArrayList<Range>();
        int depth = 0;
        boolean between = false;
        int start = from;
        for (int k = from; k < to; k++) {
            Kind kind = tokens.kind(k);
            if (kind == Kind.OPEN || tokens.is(k, "CASE")) {
                depth++;
            } else if (kind == Kind.CLOSE || tokens.is(k, "END")) {
                depth--;
            } else if (depth == 0 && tokens.is(k, "BETWEEN")) {
                between = true;
            } else if (depth == 0 && (tokens.is(k, separator) || tokens.isOperator(k, separator))) {
                if (between && separator.equals("AND")) {
                    between = false;
                    continue;
                }
                parts.add(new Range(start, k));
                start = k + 1;
            }
        }
        parts.add(new Range(start, to));
        return parts;
    }

    /// Some column of the statement's own tables is read. In a subquery only a column that is
    /// qualified with the changed table's name is one.
    private boolean readsColumn(int from, int to) {
        int depth = 0;
        int subquery = -1;
        for (int k = from; k < to; k++) {
            Kind kind = tokens.kind(k);
            if (kind == Kind.OPEN) {
                depth++;
                if (subquery < 0 && (tokens.is(k + 1, "SELECT") || tokens.is(k + 1, "WITH"))) {
                    subquery = depth;
                }
            } else if (kind == Kind.CLOSE) {
                depth--;
                if (depth < subquery) {
                    subquery = -1;
                }
            } else if (tokens.isName(k) && isColumn(k, kind)) {
                if (subquery < 0 || isTargetsColumn(k)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean isColumn(int k, Kind kind) {
        // A bind is ":name", a path "v:name", a type "::name" or "AS name".
        boolean bindOrType =
                tokens.isOperator(k - 1, ":")
                        || tokens.isOperator(k - 1, "::")
                        || tokens.is(k - 1, "AS");
        boolean called = tokens.kind(k + 1) == Kind.OPEN || tokens.isOperator(k + 1, "=>");
        // DATE '2026-01-01'
        boolean typed = tokens.isLiteral(k + 1);
        boolean datePart =
                tokens.kind(k - 1) == Kind.OPEN && TAKES_DATE_PART.contains(tokens.word(k - 2));
        boolean sequence = tokens.isOperator(k + 1, ".") && tokens.is(k + 2, "NEXTVAL");
        return !(bindOrType || called || typed || datePart || sequence)
                && (kind == Kind.QUOTED || !NO_COLUMN.contains(tokens.word(k)));
    }

    private boolean isTargetsColumn(int k) {
        boolean names = tokens.is(k - 1, "FROM") || tokens.is(k - 1, "JOIN");
        return !names && tokens.isOperator(k + 1, ".") && target.names().contains(tokens.name(k));
    }
}
