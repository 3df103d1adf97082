package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.Tokens.Kind;
import org.jspecify.annotations.Nullable;

/// How large a statement may be to have its objects followed. People and tools stay far below;
/// a parser's worst cases lie above.
final class Bounds {
    static final int LONGEST = 256 * 1024;
    static final int MOST_TOKENS = 20_000;
    static final int DEEPEST = 100;
    static final int LONGEST_CHAIN = 8;
    static final int MOST_CASTS = 64;

    private Bounds() {}

    /// Which of them the text exceeds, in one pass; null when none.
    static @Nullable String exceeded(Tokens tokens) {
        if (tokens.source().length() > LONGEST) {
            return "more than 256 KiB of text is not followed";
        }
        int counted = 0;
        int depth = 0;
        int deepest = 0;
        int cases = 0;
        int chain = 0;
        int casts = 0;
        for (int k = 0; k < tokens.size(); k++) {
            Kind kind = tokens.kind(k);
            // Rows of literals cost the reader little, and the parser nothing: they are folded.
            counted += isListed(tokens, k) ? 0 : 1;
            switch (kind) {
                case OPEN -> depth++;
                case CLOSE -> depth--;
                case WORD -> {
                    cases += tokens.is(k, "CASE") ? 1 : tokens.is(k, "END") && cases > 0 ? -1 : 0;
                }
                case OPERATOR -> {
                    boolean opens = tokens.isOperator(k, "[") || tokens.isOperator(k, "{");
                    boolean closes = tokens.isOperator(k, "]") || tokens.isOperator(k, "}");
                    depth += opens ? 1 : closes ? -1 : 0;
                    chain = tokens.isOperator(k, ".") ? chain + 1 : 0;
                    casts += tokens.isOperator(k, "::") || tokens.isOperator(k, ":") ? 1 : 0;
                    casts = tokens.isOperator(k, ",") ? 0 : casts;
                }
                default -> {}
            }
            if (kind != Kind.OPERATOR && !tokens.isName(k)) {
                chain = 0;
            }
            if (kind == Kind.OPEN || kind == Kind.CLOSE) {
                casts = 0;
            }
            deepest = Math.max(deepest, depth + cases);
            if (chain >= LONGEST_CHAIN) {
                return "a name of more than 8 parts is not followed";
            }
            if (casts > MOST_CASTS) {
                return "more than 64 casts and paths in a row are not followed";
            }
        }
        if (counted > MOST_TOKENS) {
            return "more than 20,000 tokens are not followed";
        }
        return deepest > DEEPEST ? "nesting deeper than 100 is not followed" : null;
    }

    private static boolean isListed(Tokens tokens, int k) {
        boolean literal = tokens.kind(k) == Kind.STRING || tokens.kind(k) == Kind.NUMBER;
        return (literal && tokens.isOperator(k - 1, ","))
                || (tokens.isOperator(k, ",")
                        && (tokens.kind(k + 1) == Kind.STRING
                                || tokens.kind(k + 1) == Kind.NUMBER));
    }
}
