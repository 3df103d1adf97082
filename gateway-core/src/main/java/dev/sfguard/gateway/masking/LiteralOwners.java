package dev.sfguard.gateway.masking;

import dev.sfguard.gateway.sql.Highlights.Kind;
import dev.sfguard.gateway.sql.Highlights.Span;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// Says of each literal and bind of a statement which column it stands for, as far as the tokens
/// tell: `city = '…'`, `ssn IN (…)`, the columns of an INSERT. One pass, and certain only where
/// nothing else stands beside the literal; all else is unknown.
final class LiteralOwners {

    enum Owner {
        /// A column that is not protected, or none: a LIMIT, a type's length.
        OTHER,
        PROTECTED,
        UNKNOWN
    }

    private static final Set<String> COMPARISONS =
            Set.of(
                    "=", "<>", "!=", "<", ">", "<=", ">=", "LIKE", "ILIKE", "RLIKE", "REGEXP",
                    "BETWEEN");
    private static final Set<String> BEFORE_COLUMN =
            Set.of(
                    "WHERE", "AND", "OR", "NOT", "ON", "WHEN", "HAVING", "SET", "QUALIFY", "IF",
                    "(", ",", "");
    private static final Set<String> BEHIND_LITERAL =
            Set.of(
                    "AND", "OR", ")", ",", ";", "GROUP", "ORDER", "LIMIT", "HAVING", "QUALIFY",
                    "THEN", "WHERE", "UNION", "OFFSET", "FETCH", "->>", "");
    private static final Set<String> COUNTS = Set.of("LIMIT", "OFFSET", "TOP", "FIRST", "NEXT");
    private static final Set<String> TYPES =
            Set.of(
                    "VARCHAR",
                    "CHAR",
                    "CHARACTER",
                    "STRING",
                    "TEXT",
                    "NUMBER",
                    "DECIMAL",
                    "NUMERIC",
                    "BINARY",
                    "VARBINARY",
                    "TIMESTAMP_NTZ",
                    "TIMESTAMP_LTZ",
                    "TIMESTAMP_TZ",
                    "TIMESTAMP");

    /// What an open parenthesis is about.
    private static final class Frame {
        private final Owner list;
        private final List<String> values;
        private final List<String> names = new ArrayList<>();
        private int position;

        /// @param list whose values stand in it, one by one
        /// @param values the columns of a row of VALUES; empty where it is none
        Frame(Owner list, List<String> values) {
            this.list = list;
            this.values = values;
        }
    }

    private final String text;
    private final List<Span> tokens;
    private final Predicate<String> isProtected;
    private final Map<String, Boolean> known = new HashMap<>();
    private final Deque<Frame> open = new ArrayDeque<>();
    private List<String> insertColumns = List.of();
    private List<String> closed = List.of();
    private boolean inValues;

    /// @param tokens without comments
    /// @param isProtected whether a folded name is a protected column's
    LiteralOwners(String text, List<Span> tokens, Predicate<String> isProtected) {
        this.text = text;
        this.tokens = tokens;
        this.isProtected = isProtected;
    }

    /// One for each token; UNKNOWN for what is no literal.
    List<Owner> read() {
        var owners = new ArrayList<Owner>(tokens.size());
        for (int k = 0; k < tokens.size(); k++) {
            owners.add(token(k));
        }
        return owners;
    }

    private Owner token(int k) {
        String word = word(k);
        switch (word) {
            case "(" -> open.push(frame(k));
            case ")" -> {
                closed = open.isEmpty() ? List.of() : open.pop().names;
            }
            case "," -> {
                if (!open.isEmpty()) {
                    open.peek().position++;
                }
            }
            case "INSERT", ";" -> {
                insertColumns = List.of();
                inValues = false;
            }
            case "VALUES" -> {
                insertColumns = word(k - 1).equals(")") ? closed : List.of();
                inValues = true;
            }
            default -> {
                if (open.isEmpty() && inValues) {
                    inValues = false;
                }
            }
        }
        if (isName(k) && !open.isEmpty()) {
            open.peek().names.add(Names.fold(text, tokens.get(k)));
        }
        return isLiteral(k) ? owner(k) : Owner.UNKNOWN;
    }

    private Frame frame(int k) {
        String before = word(k - 1);
        if (before.equals("IN")) {
            int column = word(k - 2).equals("NOT") ? k - 3 : k - 2;
            return new Frame(column(column), List.of());
        }
        if (TYPES.contains(before)) {
            return new Frame(Owner.OTHER, List.of());
        }
        boolean row = inValues && open.isEmpty() && (before.equals("VALUES") || before.equals(","));
        return new Frame(Owner.UNKNOWN, row ? insertColumns : List.of());
    }

    private Owner owner(int literal) {
        int start = literal;
        String sign = word(literal - 1);
        if (sign.equals("-") || sign.equals("+")) {
            start--;
        }
        String before = word(start - 1);
        String behind = word(literal + 1);
        if (COUNTS.contains(before)) {
            return Owner.OTHER;
        }
        boolean alone =
                (before.equals("(") || before.equals(","))
                        && (behind.equals(")") || behind.equals(","));
        if (alone && !open.isEmpty()) {
            Frame frame = open.peek();
            if (!frame.values.isEmpty()) {
                return frame.position < frame.values.size()
                        ? ofName(frame.values.get(frame.position))
                        : Owner.UNKNOWN;
            }
            return frame.list;
        }
        boolean upper = before.equals("AND") && word(start - 3).equals("BETWEEN");
        int comparison = upper ? start - 3 : start - 1;
        if (!COMPARISONS.contains(word(comparison))) {
            return Owner.UNKNOWN;
        }
        int column = word(comparison - 1).equals("NOT") ? comparison - 2 : comparison - 1;
        Owner owner = column(column);
        return owner == Owner.OTHER && !BEHIND_LITERAL.contains(behind) ? Owner.UNKNOWN : owner;
    }

    /// @param last the last token of a column's name
    private Owner column(int last) {
        if (!isName(last)) {
            return Owner.UNKNOWN;
        }
        Owner owner = ofName(Names.fold(text, tokens.get(last)));
        int first = last;
        while (word(first - 1).equals(".") && isName(first - 2)) {
            first -= 2;
        }
        return owner == Owner.PROTECTED || BEFORE_COLUMN.contains(word(first - 1))
                ? owner
                : Owner.UNKNOWN;
    }

    private Owner ofName(String name) {
        return known.computeIfAbsent(name, isProtected::test) ? Owner.PROTECTED : Owner.OTHER;
    }

    private boolean isName(int k) {
        if (k < 0 || k >= tokens.size()) {
            return false;
        }
        Kind kind = tokens.get(k).kind();
        return kind == Kind.WORD || kind == Kind.QUOTED_NAME;
    }

    private boolean isLiteral(int k) {
        Kind kind = tokens.get(k).kind();
        return kind == Kind.STRING || kind == Kind.NUMBER || isBind(k);
    }

    private boolean isBind(int k) {
        return Names.isBind(text, tokens.get(k));
    }

    /// A keyword or sign in upper case; empty beyond either end, and for literals and quoted names.
    private String word(int k) {
        if (k < 0 || k >= tokens.size()) {
            return "";
        }
        Span span = tokens.get(k);
        return switch (span.kind()) {
            case WORD, OTHER -> text.substring(span.start(), span.end()).toUpperCase(Locale.ROOT);
            case QUOTED_NAME -> "\"";
            case STRING, NUMBER, VARIABLE, STAGE, COMMENT, DOUBTFUL -> "'";
        };
    }

    /// Names in a text.
    static final class Names {
        private Names() {}

        static String fold(String text, Span span) {
            String written = text.substring(span.start(), span.end());
            return span.kind() == Kind.QUOTED_NAME
                    ? written.substring(1, written.length() - 1).replace("\"\"", "\"")
                    : written.toUpperCase(Locale.ROOT);
        }

        static boolean isBind(String text, Span span) {
            return span.kind() == Kind.VARIABLE && text.startsWith("?", span.start());
        }
    }
}
