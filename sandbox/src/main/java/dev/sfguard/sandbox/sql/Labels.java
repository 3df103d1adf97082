package dev.sfguard.sandbox.sql;

import dev.sfguard.sandbox.sql.Token.Kind;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Names the columns of a SELECT that have no name: Snowflake takes the expression's own text in
/// upper case, DuckDB would take its own reading of it.
public final class Labels {
    private static final Set<String> AFTER_LIST =
            Set.of(
                    "FROM",
                    "WHERE",
                    "GROUP",
                    "HAVING",
                    "QUALIFY",
                    "ORDER",
                    "LIMIT",
                    "UNION",
                    "EXCEPT",
                    "MINUS",
                    "INTERSECT",
                    "FETCH",
                    "OFFSET",
                    "WINDOW",
                    "INTO");

    /// Words an expression may end with, or that cannot stand before an alias.
    private static final Set<String> NO_ALIAS =
            Set.of("END", "NULL", "TRUE", "FALSE", "PRECISION", "UNKNOWN");

    private static final Set<String> BEFORE_OPERAND =
            Set.of(
                    "AND",
                    "OR",
                    "NOT",
                    "IS",
                    "LIKE",
                    "ILIKE",
                    "RLIKE",
                    "REGEXP",
                    "BETWEEN",
                    "IN",
                    "CASE",
                    "WHEN",
                    "THEN",
                    "ELSE",
                    "ESCAPE",
                    "COLLATE",
                    "INTERVAL",
                    "AT",
                    "ZONE",
                    "FROM",
                    "DISTINCT",
                    "PRIOR",
                    "ANY",
                    "ALL");

    private Labels() {}

    /// Adds `AS "TEXT"` to every unnamed expression of every SELECT.
    static void add(Tokens tokens) {
        for (int i = tokens.size() - 1; i >= 0; i--) {
            if (tokens.at(i).is("SELECT") && !tokens.at(i - 1).isSymbol(".")) {
                addToList(tokens, i);
            }
        }
    }

    /// What kind of value the outermost SELECT's columns hold where DuckDB's type does not say:
    /// column → `object`, `array`, `GEOGRAPHY` or `GEOMETRY`.
    public static Map<String, String> families(Tokens tokens) {
        var families = new HashMap<String, String>();
        int select = tokens.find("SELECT");
        if (select < 0) {
            return families;
        }
        int start = listStart(tokens, select);
        while (start < tokens.size()) {
            int end = itemEnd(tokens, start);
            String family = family(tokens, start, end);
            if (!family.isEmpty()) {
                families.put(label(tokens, start, end), family);
            }
            if (!tokens.at(end).isSymbol(",")) {
                break;
            }
            start = end + 1;
        }
        return families;
    }

    private static void addToList(Tokens tokens, int select) {
        int start = listStart(tokens, select);
        while (start < tokens.size()) {
            int end = itemEnd(tokens, start);
            if (end > start && isUnnamed(tokens, start, end)) {
                String label = label(tokens, start, end);
                tokens.insert(end, Token.word("AS"), new Token(Kind.QUOTED, label, -1, -1));
                end += 2;
            }
            if (!tokens.at(end).isSymbol(",")) {
                return;
            }
            start = end + 1;
        }
    }

    private static int listStart(Tokens tokens, int select) {
        int start = select + 1;
        while (tokens.is(start, "DISTINCT") || tokens.is(start, "ALL")) {
            start++;
        }
        return tokens.is(start, "TOP") && tokens.at(start + 1).kind() == Kind.NUMBER
                ? start + 2
                : start;
    }

    private static int itemEnd(Tokens tokens, int start) {
        int depth = 0;
        for (int i = start; i < tokens.size(); i++) {
            depth += Tokens.depthChange(tokens.at(i));
            if (depth < 0 || (depth == 0 && endsItem(tokens, i))) {
                return i;
            }
        }
        return tokens.size();
    }

    private static boolean endsItem(Tokens tokens, int i) {
        Token token = tokens.at(i);
        boolean word = token.kind() == Kind.WORD && AFTER_LIST.contains(token.upper());
        return token.isSymbol(",") || (word && !isDistinctFrom(tokens, i));
    }

    /// `a IS DISTINCT FROM b` goes on after its FROM.
    private static boolean isDistinctFrom(Tokens tokens, int i) {
        return tokens.is(i, "FROM")
                && tokens.is(i - 1, "DISTINCT")
                && (tokens.is(i - 2, "IS") || tokens.is(i - 2, "NOT"));
    }

    private static boolean isUnnamed(Tokens tokens, int start, int end) {
        Token last = tokens.at(end - 1);
        if (tokens.at(start).isSymbol("*")
                || last.isSymbol("*")
                || isStar(tokens, start, end)
                || isColumn(tokens, start, end)) {
            return false;
        }
        return !hasAlias(tokens, start, end);
    }

    private static boolean hasAlias(Tokens tokens, int start, int end) {
        Token last = tokens.at(end - 1);
        Token before = tokens.at(end - 2);
        if (end - start < 2 || !last.isName() || NO_ALIAS.contains(last.upper())) {
            return false;
        }
        return switch (before.kind()) {
            case WORD -> before.is("AS") || !BEFORE_OPERAND.contains(before.upper());
            case SYMBOL -> before.isSymbol(")") || before.isSymbol("]") || before.isSymbol("}");
            case QUOTED, STRING, NUMBER, BIND, VARIABLE, RAW -> true;
        };
    }

    /// `t.*`, also with EXCLUDE, RENAME, REPLACE or ILIKE after it.
    private static boolean isStar(Tokens tokens, int start, int end) {
        int i = start;
        while (i + 1 < end && tokens.at(i).isName() && tokens.at(i + 1).isSymbol(".")) {
            i += 2;
        }
        return i > start && tokens.at(i).isSymbol("*");
    }

    private static boolean isColumn(Tokens tokens, int start, int end) {
        for (int i = start; i < end; i++) {
            Token token = tokens.at(i);
            boolean part = (i - start) % 2 == 0 ? token.isName() : token.isSymbol(".");
            if (!part) {
                return false;
            }
        }
        // CURRENT_DATE and their like are one word and no column, but named by it all the same;
        // TRUE and NULL are neither.
        return (end - start) % 2 == 1 && !NO_ALIAS.contains(tokens.at(start).upper());
    }

    private static String label(Tokens tokens, int start, int end) {
        if (hasAlias(tokens, start, end) || isColumn(tokens, start, end)) {
            return tokens.at(end - 1).name();
        }
        int from = tokens.at(start).start();
        int to = tokens.at(end - 1).end();
        return from < 0 || to < from
                ? tokens.sql(start, end).toUpperCase(Locale.ROOT)
                : tokens.source().substring(from, to).toUpperCase(Locale.ROOT);
    }

    private static String family(Tokens tokens, int start, int end) {
        int last = hasAlias(tokens, start, end) ? end - 2 : end - 1;
        if (tokens.is(last, "AS")) {
            last--;
        }
        if (tokens.at(last - 1).isSymbol("::")) {
            return named(tokens.at(last).upper());
        }
        if (tokens.at(start).isSymbol("{")) {
            return "object";
        }
        boolean whole = tokens.isCall(start) && tokens.close(start + 1) == last;
        if (!whole) {
            return tokens.at(start).isSymbol("[") ? "array" : "";
        }
        return switch (tokens.at(start).upper()) {
            case "OBJECT_CONSTRUCT",
                    "OBJECT_AGG",
                    "OBJECT_INSERT",
                    "OBJECT_DELETE",
                    "OBJECT_CONSTRUCT_KEEP_NULL",
                    "TO_OBJECT" ->
                    "object";
            case "ARRAY_CONSTRUCT",
                    "ARRAY_AGG",
                    "ARRAY_APPEND",
                    "ARRAY_CAT",
                    "SPLIT",
                    "OBJECT_KEYS",
                    "TO_ARRAY",
                    "TRANSFORM",
                    "FILTER",
                    "ARRAY_SLICE",
                    "ARRAY_DISTINCT",
                    "ARRAY_COMPACT" ->
                    "array";
            case "TO_GEOGRAPHY" -> "GEOGRAPHY";
            case "TO_GEOMETRY" -> "GEOMETRY";
            case "CAST", "TRY_CAST" -> named(tokens.at(last - 1).upper());
            default -> "";
        };
    }

    private static String named(String type) {
        return switch (type) {
            case "OBJECT" -> "object";
            case "ARRAY" -> "array";
            case "GEOGRAPHY", "GEOMETRY" -> type;
            default -> "";
        };
    }
}
