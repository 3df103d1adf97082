package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.Tokens.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What stands behind a star: `ILIKE 'x%' EXCLUDE (a, b) REPLACE (f(c) AS c) RENAME (d AS e)`.
///
/// @param isRead everything there was understood
/// @param picks only columns whose names match are taken
/// @param excluded names
/// @param replaced where the expressions stand, by the name of the column they stand for
/// @param renamed new names by old ones
record StarTail(
        boolean isRead,
        boolean picks,
        List<String> excluded,
        Map<String, Range> replaced,
        Map<String, String> renamed) {

    static StarTail of(Tokens tokens, int from, int to) {
        var reader = new Reader(tokens, from, to);
        boolean read = reader.read();
        return new StarTail(read, reader.picks, reader.excluded, reader.replaced, reader.renamed);
    }

    private static final class Reader {
        private final Tokens tokens;
        private final int to;
        private int at;
        private boolean picks;
        private final List<String> excluded = new ArrayList<>();
        private final Map<String, Range> replaced = new TreeMap<>();
        private final Map<String, String> renamed = new TreeMap<>();

        Reader(Tokens tokens, int from, int to) {
            this.tokens = tokens;
            this.at = from;
            this.to = to;
        }

        boolean read() {
            boolean fine = true;
            while (fine && at < to) {
                String word = tokens.word(at);
                at++;
                fine =
                        switch (word) {
                            case "ILIKE" -> {
                                picks = true;
                                at++;
                                yield tokens.isLiteral(at - 1);
                            }
                            case "EXCLUDE" -> list(this::exclude);
                            case "REPLACE" -> list(this::replace);
                            case "RENAME" -> list(this::rename);
                            default -> false;
                        };
            }
            return fine && at == to;
        }

        @FunctionalInterface
        private interface Element {
            boolean read(int end);
        }

        /// One element, or several in parentheses; each up to its comma.
        private boolean list(Element element) {
            if (tokens.kind(at) != Kind.OPEN) {
                return element.read(soleEnd());
            }
            at++;
            while (true) {
                int end = elementEnd();
                if (end >= to || !element.read(end) || at != end) {
                    return false;
                }
                at++;
                if (tokens.kind(end) == Kind.CLOSE) {
                    return true;
                }
            }
        }

        private int soleEnd() {
            return Math.min(to, tokens.is(at + 1, "AS") ? at + 3 : at + 1);
        }

        /// The comma or parenthesis behind the element.
        private int elementEnd() {
            int depth = 0;
            int k = at;
            while (k < to) {
                Kind kind = tokens.kind(k);
                boolean opens = tokens.isOperator(k, "[") || tokens.isOperator(k, "{");
                boolean closes = tokens.isOperator(k, "]") || tokens.isOperator(k, "}");
                if (depth == 0 && (kind == Kind.CLOSE || tokens.isOperator(k, ","))) {
                    return k;
                }
                depth += kind == Kind.OPEN || opens ? 1 : kind == Kind.CLOSE || closes ? -1 : 0;
                k++;
            }
            return k;
        }

        private boolean exclude(int end) {
            if (end != at + 1 || !tokens.isName(at)) {
                return false;
            }
            excluded.add(tokens.name(at));
            at = end;
            return true;
        }

        private boolean replace(int end) {
            if (end < at + 2 || !tokens.isName(end - 1)) {
                return false;
            }
            replaced.put(tokens.name(end - 1), new Range(at, end));
            at = end;
            return true;
        }

        private boolean rename(int end) {
            if (end != at + 3 || !tokens.isName(at) || !tokens.isName(at + 2)) {
                return false;
            }
            renamed.put(tokens.name(at), tokens.name(at + 2));
            at = end;
            return tokens.is(at - 2, "AS");
        }
    }
}
