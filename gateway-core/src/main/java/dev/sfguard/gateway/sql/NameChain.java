package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.Tokens.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Names with dots between them, as written: `a`, `a.b.c`, `a..c`.
///
/// @param parts folded; an omitted part is empty
/// @param tokens where the parts stand; -1 for an omitted one
/// @param from the first token
/// @param to behind the last token
record NameChain(List<String> parts, List<Integer> tokens, int from, int to) {
    /// More parts than anything in Snowflake has.
    private static final int MOST_PARTS = 8;

    NameChain {
        parts = List.copyOf(parts);
        tokens = List.copyOf(tokens);
    }

    /// Null when no name stands there, or more of them than any object or column has.
    static @Nullable NameChain at(Tokens text, int k) {
        if (!text.isName(k)) {
            return null;
        }
        String first = text.name(k);
        if (text.kind(k + 1) != Kind.OPERATOR || !text.isOperator(k + 1, ".")) {
            return new NameChain(List.of(first), List.of(k), k, k + 1);
        }
        var parts = new ArrayList<String>(4);
        var places = new ArrayList<Integer>(4);
        parts.add(first);
        places.add(k);
        int at = k + 1;
        while (text.isOperator(at, ".")) {
            if (text.isOperator(at + 1, ".") && parts.size() == 1 && text.isName(at + 2)) {
                parts.add("");
                places.add(-1);
                at++;
            }
            if (!text.isName(at + 1)) {
                break;
            }
            parts.add(text.name(at + 1));
            places.add(at + 1);
            at += 2;
        }
        return parts.size() > MOST_PARTS ? null : new NameChain(parts, places, k, at);
    }

    /// The chain that a constant text is, at the place of that constant; null when it is none.
    static @Nullable NameChain inText(String text, int from, int to) {
        var inner = Lexer.read(text);
        var chain = inner.doubt() == null ? at(inner, 0) : null;
        return chain == null || chain.to() != inner.size()
                ? null
                : new NameChain(
                        chain.parts(), chain.parts().stream().map(_ -> -1).toList(), from, to);
    }

    String last() {
        return parts.getLast();
    }

    /// What stands before the last part: of a column's name, its table's.
    NameChain withoutLast() {
        int size = parts.size() - 1;
        int end = tokens.get(size) < 0 ? to : tokens.get(size) - 1;
        return new NameChain(parts.subList(0, size), tokens.subList(0, size), from, end);
    }

    int size() {
        return parts.size();
    }

    /// The name as it is, and in upper case: a session may run with
    /// QUOTED_IDENTIFIERS_IGNORE_CASE.
    static Set<String> readings(String folded) {
        String upper = folded.toUpperCase(Locale.ROOT);
        return upper.equals(folded) ? Set.of(folded) : Set.of(folded, upper);
    }
}
