package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.Tokens.Kind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Which names a text mentions, from its tokens alone.
final class Mentions {
    private Mentions() {}

    /// Every name, and every piece of a constant text that could be one.
    static Set<String> all(Tokens tokens) {
        var names = new HashSet<String>();
        for (int k = 0; k < tokens.size(); k++) {
            switch (tokens.kind(k)) {
                case WORD, QUOTED -> names.add(upper(tokens.name(k)));
                case STRING, DOLLAR_STRING -> pieces(tokens.literal(k), names);
                case STAGE -> pieces(tokens.text(k), names);
                default -> {}
            }
        }
        return names;
    }

    private static void pieces(String text, Set<String> names) {
        names.add(upper(text.strip()));
        int start = -1;
        for (int i = 0; i <= text.length(); i++) {
            boolean inside = i < text.length() && isPart(text.charAt(i));
            if (inside && start < 0) {
                start = i;
            } else if (!inside && start >= 0) {
                names.add(upper(text.substring(start, i)));
                start = -1;
            }
        }
    }

    private static boolean isPart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$';
    }

    /// How often a name stands where it could be a relation's: as the last part of a chain that
    /// is no alias behind AS, no type and no path.
    static Map<String, Integer> counts(Tokens tokens) {
        var counts = new HashMap<String, Integer>();
        for (int k = 0; k < tokens.size(); k++) {
            if (tokens.isName(k)) {
                if (couldBeRelation(tokens, k)) {
                    count(counts, tokens.name(k));
                }
            } else if (tokens.isLiteral(k) && isWrapped(tokens, k)) {
                var chain = NameChain.inText(tokens.literal(k), k, k + 1);
                if (chain != null) {
                    count(counts, chain.last());
                }
            }
        }
        return counts;
    }

    private static boolean couldBeRelation(Tokens tokens, int k) {
        boolean qualifies = tokens.isOperator(k + 1, ".") && !tokens.isOperator(k + 1, "..");
        boolean typeOrPath = tokens.isOperator(k - 1, "::") || tokens.isOperator(k - 1, ":");
        return !qualifies && !typeOrPath && !tokens.is(k - 1, "AS");
    }

    private static boolean isWrapped(Tokens tokens, int k) {
        return tokens.kind(k - 1) == Kind.OPEN
                && (tokens.is(k - 2, "TABLE") || tokens.is(k - 2, "IDENTIFIER"));
    }

    static void count(Map<String, Integer> counts, String name) {
        counts.merge(upper(name), 1, Integer::sum);
    }

    private static String upper(String name) {
        return name.toUpperCase(Locale.ROOT);
    }
}
