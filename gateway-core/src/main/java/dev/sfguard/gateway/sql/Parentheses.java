package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.Tokens.Kind;

/// Takes off the parentheses that stand around a whole range.
final class Parentheses {
    private Parentheses() {}

    /// The range without them, found in one pass however many there are; the range itself
    /// where the parentheses do not balance. It may be empty.
    static Range unwrap(Tokens tokens, int from, int to) {
        int opening = from;
        while (opening < to && tokens.kind(opening) == Kind.OPEN) {
            opening++;
        }
        int closing = to;
        while (closing > opening && tokens.kind(closing - 1) == Kind.CLOSE) {
            closing--;
        }
        int depth = opening - from;
        int layers = Math.min(depth, to - closing);
        for (int k = opening; k < closing; k++) {
            Kind kind = tokens.kind(k);
            depth += kind == Kind.OPEN ? 1 : kind == Kind.CLOSE ? -1 : 0;
            layers = Math.min(layers, depth);
        }
        boolean balanced = depth == to - closing;
        return balanced && layers > 0 ? new Range(from + layers, to - layers) : new Range(from, to);
    }
}
