package dev.sfguard.gateway.sql;

import java.util.LinkedHashSet;
import java.util.Set;

/// Which databases a text may name: the first parts of its names of three parts and more.
public final class NamedDatabases {
    private NamedDatabases() {}

    /// Folded, in the order of the text; at most 16. Most are none: an alias, its variant column
    /// and a path look the same.
    public static Set<String> in(String text) {
        var tokens = Lexer.read(text);
        var found = new LinkedHashSet<String>();
        for (int k = 0; k < tokens.size() && found.size() < 16; k++) {
            if (tokens.isName(k) && !tokens.isOperator(k - 1, ".") && dots(tokens, k) > 1) {
                found.add(tokens.name(k));
            }
        }
        return found;
    }

    private static int dots(Tokens tokens, int name) {
        int dots = 0;
        int k = name + 1;
        while (tokens.isOperator(k, ".") && dots < 2) {
            dots++;
            // `DB..T` leaves the schema out.
            k += tokens.isName(k + 1) ? 2 : 1;
        }
        return dots;
    }
}
