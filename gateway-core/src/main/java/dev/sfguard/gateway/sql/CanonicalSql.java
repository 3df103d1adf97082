package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.Tokens.Kind;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/// A query written anew from our own tokens, so that any other parser must read it as we do: on
/// one line, no comments, single blanks, a placeholder for each literal, quoted name and stage.
/// What JSqlParser has no grammar for and what can hold no relation is left out or written in
/// other words; what may hold a query never is. Every piece knows the token it stands for.
final class CanonicalSql {
    /// So many literals in a row are written as three.
    private static final int LONG_LIST = 64;

    private static final int EASY_PIECES = 1_000;
    private static final int EASY_DEPTH = 24;

    /// Names that JSqlParser takes for keywords and Snowflake does not.
    private static final Set<String> KEPT_BY_PARSER =
            Set.of("PIVOT", "UNPIVOT", "WINDOW", "LIMIT", "OFFSET", "FETCH", "EXCEPT");

    private static final List<String> ALL_UPDATED = List.of("SET", "b", "=", "1");
    private static final List<String> ALL_INSERTED = List.of("VALUES", "(", "1", ")");
    private static final Set<String> CASTS = Set.of("CAST", "TRY_CAST");
    private static final Set<String> TIME_TRAVEL = Set.of("AT", "BEFORE", "CHANGES", "END");

    private final Tokens tokens;
    private final BitSet names;
    private final int end;
    private final StringBuilder out = new StringBuilder();
    private final Deque<String> open = new ArrayDeque<>();
    private int[] offsets = new int[64];
    private int[] sources = new int[64];
    private int pieces;

    /// Rows of literals behind each other.
    private int rows;

    private int deepest;
    private int cases;
    private boolean glue;

    private CanonicalSql(Tokens tokens, Range range, BitSet names) {
        this.tokens = tokens;
        this.names = names;
        this.end = range.to();
    }

    /// @param names tokens that name relations
    static CanonicalSql of(Tokens tokens, Range range, BitSet names) {
        var sql = new CanonicalSql(tokens, range, names);
        if (!sql.isStatement(range.from())) {
            sql.put("SELECT", range.from());
        }
        int k = range.from();
        while (k < sql.end) {
            k = sql.token(k);
        }
        return sql;
    }

    /// What stands there needs no SELECT before it to be a statement.
    private boolean isStatement(int k) {
        if (kind(k) == Kind.OPEN) {
            int behind = behindClose(k);
            return behind == end || Keywords.SET_OPERATORS.contains(tokens.word(behind));
        }
        return switch (tokens.word(k)) {
            case "SELECT", "WITH", "UPDATE", "DELETE", "MERGE", "VALUES" -> true;
            default -> false;
        };
    }

    String text() {
        return out.toString();
    }

    int pieces() {
        return pieces;
    }

    /// Small and flat, as almost all that people and tools write: a parser's worst cases need
    /// more.
    boolean isEasy() {
        return pieces <= EASY_PIECES && deepest <= EASY_DEPTH;
    }

    /// The token that the piece at this offset stands for; -1 where no piece begins.
    int tokenAt(int offset) {
        int found = Arrays.binarySearch(offsets, 0, pieces, offset);
        return found < 0 ? -1 : sources[found];
    }

    private void put(String piece, int token) {
        cases += piece.equals("CASE") ? 1 : 0;
        deepest = Math.max(deepest, open.size() + cases);
        if (!glue && !out.isEmpty() && !piece.equals(".")) {
            out.append(' ');
        }
        glue = piece.equals(".");
        if (pieces == offsets.length) {
            offsets = Arrays.copyOf(offsets, pieces * 2);
            sources = Arrays.copyOf(sources, pieces * 2);
        }
        offsets[pieces] = out.length();
        sources[pieces] = token;
        pieces++;
        out.append(piece);
    }

    private Kind kind(int k) {
        return k < end ? tokens.kind(k) : Kind.END;
    }

    private boolean is(int k, String word) {
        return k < end && tokens.is(k, word);
    }

    /// Writes what stands at a token; returns the next token to write.
    private int token(int k) {
        switch (tokens.kind(k)) {
            case WORD -> {
                return word(k, tokens.word(k));
            }
            case QUOTED -> put("\"q" + k + "\"", k);
            case STRING, DOLLAR_STRING -> {
                return literal(k, placeStage(k) ? "stg_" + k : "'s" + k + "'");
            }
            case NUMBER -> {
                return literal(k, "1");
            }
            case STAGE -> {
                put("stg_" + k, k);
                // Its options name a file format, and no relation.
                return placeStage(k) && kind(k + 1) == Kind.OPEN && !holdsQuery(k + 1)
                        ? behindClose(k + 1)
                        : k + 1;
            }
            case VARIABLE -> variable(k);
            case BIND, PATH -> put("?", k);
            case OPEN -> {
                if (k + 2 < end && tokens.isOperator(k + 1, "+") && kind(k + 2) == Kind.CLOSE) {
                    // The old mark of an outer join.
                    return k + 3;
                }
                open.push(tokens.word(k - 1));
                put("(", k);
                if (kind(k + 1) == Kind.CLOSE && !tokens.isName(k - 1)) {
                    // The empty grouping set.
                    put("NULL", k);
                }
            }
            case CLOSE -> {
                open.poll();
                put(")", k);
            }
            case OPERATOR -> {
                return operator(k, tokens.text(k));
            }
            case SEMICOLON, END -> put(";", k);
        }
        return k + 1;
    }

    private boolean placeStage(int k) {
        return tokens.is(k - 1, "FROM") || tokens.is(k - 1, "JOIN");
    }

    private void variable(int k) {
        boolean position = Character.isDigit(tokens.text(k).charAt(1));
        boolean named = tokens.isOperator(k - 1, ".") || placeStage(k);
        put(position ? "pos_" + k : named ? "var_" + k : "?", k);
    }

    private int literal(int k, String piece) {
        put(piece, k);
        int last = k;
        int count = 1;
        while (tokens.isOperator(last + 1, ",") && isLiteral(last + 2) && last + 2 < end) {
            last += 2;
            count++;
        }
        if (count <= LONG_LIST) {
            return k + 1;
        }
        for (int i = 1; i < 3; i++) {
            put(",", k + 2 * i - 1);
            put("'s'", k + 2 * i);
        }
        return last + 1;
    }

    private boolean isLiteral(int k) {
        return switch (kind(k)) {
            case STRING, NUMBER, DOLLAR_STRING -> true;
            default -> false;
        };
    }

    private int word(int k, String word) {
        boolean opens = kind(k + 1) == Kind.OPEN;
        if (tokens.isOperator(k - 1, ".")) {
            put(tokens.text(k), k);
            return k + 1;
        }
        switch (word) {
            case "IDENTIFIER", "TABLE" -> {
                if (opens && tokens.isLiteral(k + 2) && kind(k + 3) == Kind.CLOSE) {
                    put("idn_" + k, k);
                    return k + 4;
                }
            }
            case "FETCH" -> {
                int behind = behindFetch(k);
                if (behind > k) {
                    return behind;
                }
            }
            case "SAMPLE", "TABLESAMPLE" -> {
                int behind = behindSample(k);
                if (behind > k) {
                    return behind;
                }
            }
            case "AT", "BEFORE", "CHANGES", "END" -> {
                boolean clause = opens && isTimeTravel(k) && !holdsQuery(k + 1);
                if (clause) {
                    return behindClose(k + 1);
                }
            }
            case "PIVOT", "UNPIVOT", "MATCH_RECOGNIZE", "MATCH_CONDITION" -> {
                if (opens && !holdsQuery(k + 1)) {
                    return behindClose(k + 1);
                }
            }
            case "DIRECTED" -> {
                if (is(k + 1, "JOIN")) {
                    return k + 1;
                }
            }
            case "ASOF" -> {
                if (is(k + 1, "JOIN")) {
                    return k + 1;
                }
            }
            case "LIKE", "ILIKE", "RLIKE", "REGEXP" -> {
                if (opens && beginsOperand(k)) {
                    put("F", k);
                    return k + 1;
                }
            }
            case "AS" -> {
                return as(k);
            }
            case "UPDATE", "INSERT" -> {
                if (is(k + 1, "ALL") && is(k + 2, "BY") && is(k + 3, "NAME")) {
                    return allByName(k, word);
                }
            }
            case "GROUPING" -> {
                if (is(k + 1, "SETS")) {
                    put("F", k);
                    return k + 2;
                }
            }

            case "ALL" -> {
                // It says what holds without it, and is lost on the way.
                if (is(k - 1, "SELECT")) {
                    return k + 1;
                }
            }
            default -> {}
        }
        boolean keptByParser = KEPT_BY_PARSER.contains(word) && names.get(k);
        put(keptByParser ? "\"n" + k + "\"" : tokens.text(k), k);
        boolean typedParameter =
                kind(k + 1) == Kind.WORD && k + 2 < end && tokens.isOperator(k + 2, "->");
        return typedParameter ? k + 2 : k + 1;
    }

    /// Every column to every column: what that writes is our own reader's concern.
    private int allByName(int k, String word) {
        put(word, k);
        boolean update = word.equals("UPDATE");
        for (String piece : update ? ALL_UPDATED : ALL_INSERTED) {
            put(piece, k + 1);
        }
        return k + 4;
    }

    private boolean isTimeTravel(int k) {
        return TIME_TRAVEL.contains(tokens.word(k)) && tokens.isOperator(k + 3, "=>");
    }

    private int behindFetch(int k) {
        int at = is(k + 1, "FIRST") || is(k + 1, "NEXT") ? k + 2 : k + 1;
        if (kind(at) != Kind.NUMBER && kind(at) != Kind.BIND) {
            return k;
        }
        at++;
        at += is(at, "ROW") || is(at, "ROWS") ? 1 : 0;
        return at + (is(at, "ONLY") ? 1 : 0);
    }

    private int behindSample(int k) {
        int at = k + 1;
        while ((kind(at) == Kind.WORD && kind(at + 1) == Kind.OPEN) || kind(at) == Kind.OPEN) {
            boolean option = kind(at) == Kind.OPEN || isSampling(tokens.word(at));
            int opening = kind(at) == Kind.OPEN ? at : at + 1;
            if (!option || holdsQuery(opening)) {
                return at == k + 1 ? k : at;
            }
            at = behindClose(opening);
        }
        return at == k + 1 ? k : at;
    }

    private static boolean isSampling(String word) {
        return switch (word) {
            case "BERNOULLI", "ROW", "SYSTEM", "BLOCK", "SEED", "REPEATABLE" -> true;
            default -> false;
        };
    }

    /// Of CAST a type, which no parser knows all of; elsewhere an alias, which may be a word that
    /// JSqlParser keeps for itself.
    private int as(int k) {
        put("AS", k);
        if (!open.isEmpty() && CASTS.contains(open.peek())) {
            put("INT", k + 1);
            return behindType(k + 1);
        }
        boolean alias = kind(k + 1) == Kind.WORD && kind(k + 2) != Kind.OPEN;
        if (alias) {
            put("\"a" + k + "\"", k + 1);
            return k + 2;
        }
        return k + 1;
    }

    private int behindType(int k) {
        int at = k;
        while (kind(at) == Kind.WORD || kind(at) == Kind.QUOTED || isDot(at)) {
            at++;
        }
        return kind(at) == Kind.OPEN && !holdsQuery(at) ? behindClose(at) : at;
    }

    private boolean isDot(int k) {
        return k < end && tokens.isOperator(k, ".");
    }

    private boolean isColon(int k) {
        return k < end && tokens.isOperator(k, ":");
    }

    private int operator(int k, String operator) {
        switch (operator) {
            case "::" -> {
                int name = k + 1;
                int at = name;
                while (tokens.isName(at) && isDot(at + 1)) {
                    at += 2;
                }
                at++;
                return kind(at) == Kind.OPEN && !holdsQuery(at) ? behindClose(at) : at;
            }
            case ":" -> {
                return colon(k);
            }
            case "." -> {
                // A path behind an index or a call; a name's own dots stand before names.
                if (!tokens.isName(k - 1) && !isDot(k - 1)) {
                    return behindPath(k);
                }
            }
            case "*" -> {
                put("*", k);
                return beginsOperand(k) ? behindStar(k + 1) : k + 1;
            }
            case "{" -> {
                put("F", k);
                put("(", k);
                open.push("{");
                return k + 1;
            }
            case "}" -> {
                open.poll();
                put(")", k);
                return k + 1;
            }
            case "!" -> {
                put(".", k);
                return k + 1;
            }
            case "," -> {
                if (isTrailing(k + 1)) {
                    return k + 1;
                }
                int behind = behindLiteralRow(k);
                boolean row = behind > k;
                rows = row ? rows + 1 : tokens.kind(k - 1) == Kind.CLOSE ? 0 : rows;
                if (row && rows >= 3) {
                    return behind;
                }
            }
            default -> {}
        }
        put(operator, k);
        return k + 1;
    }

    /// Behind `, (1, 'a', NULL)`; `k` itself where that does not stand.
    private int behindLiteralRow(int k) {
        if (kind(k + 1) != Kind.OPEN || tokens.kind(k - 1) != Kind.CLOSE) {
            return k;
        }
        int at = k + 2;
        while (isLiteral(at)
                || kind(at) == Kind.BIND
                || Keywords.VALUE.contains(tokens.word(at))
                || (kind(at) == Kind.OPERATOR
                        && (tokens.isOperator(at, ",") || tokens.isOperator(at, "-")))) {
            at++;
        }
        return kind(at) == Kind.CLOSE ? at + 1 : k;
    }

    private boolean isTrailing(int k) {
        return kind(k) == Kind.CLOSE || kind(k) == Kind.END || is(k, "FROM");
    }

    /// `{'key': value}`, `:bind`, `column:path`.
    private int colon(int k) {
        if (tokens.kind(k - 1) == Kind.STRING) {
            put(",", k);
            return k + 1;
        }
        if (beginsOperand(k)) {
            put("?", k);
            return k + 2;
        }
        return behindPath(k);
    }

    private int behindPath(int k) {
        int at = k + 2;
        while ((isDot(at) || isColon(at)) && tokens.isName(at + 1)) {
            at += 2;
        }
        return at;
    }

    /// Nothing that could be the left side of an operator stands before.
    private boolean beginsOperand(int k) {
        return switch (k == 0 ? Kind.END : tokens.kind(k - 1)) {
            case OPEN, END, SEMICOLON -> true;
            case WORD ->
                    Keywords.NEVER_COLUMN.contains(tokens.word(k - 1))
                            && !Keywords.VALUE.contains(tokens.word(k - 1));
            case OPERATOR -> !tokens.isOperator(k - 1, "]") && !tokens.isOperator(k - 1, "}");
            case QUOTED, STRING, DOLLAR_STRING, NUMBER, VARIABLE, STAGE, PATH, BIND, CLOSE -> false;
        };
    }

    /// What narrows or renames a star; REPLACE stays, since its expressions read.
    private int behindStar(int k) {
        int at = k;
        while (true) {
            if (is(at, "ILIKE") && isLiteral(at + 1)) {
                at += 2;
            } else if ((is(at, "EXCLUDE") || is(at, "RENAME")) && kind(at + 1) == Kind.OPEN) {
                at = behindClose(at + 1);
            } else if (is(at, "EXCLUDE") && tokens.isName(at + 1)) {
                at += 2;
            } else if (is(at, "RENAME") && is(at + 2, "AS")) {
                at += 4;
            } else {
                return Math.min(at, end);
            }
        }
    }

    private boolean holdsQuery(int opening) {
        int behind = behindClose(opening);
        for (int k = opening; k < behind; k++) {
            if (tokens.is(k, "SELECT") || tokens.is(k, "FROM") || tokens.is(k, "JOIN")) {
                return true;
            }
        }
        return false;
    }

    private int behindClose(int opening) {
        int depth = 0;
        for (int k = opening; k < end; k++) {
            Kind kind = tokens.kind(k);
            depth += kind == Kind.OPEN ? 1 : kind == Kind.CLOSE ? -1 : 0;
            if (depth == 0) {
                return k + 1;
            }
        }
        return end;
    }
}
