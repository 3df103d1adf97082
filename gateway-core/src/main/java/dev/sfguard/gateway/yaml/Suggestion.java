package dev.sfguard.gateway.yaml;

import java.util.Collection;
import java.util.Comparator;

/// Finds the word that a mistyped one was meant to be.
public final class Suggestion {
    private static final int LONGEST = 64;

    private Suggestion() {}

    /// `; did you mean "emails"?`, or nothing when no candidate is near: at most a third of
    /// the letters may differ, and never more than three.
    public static String of(String word, Collection<String> candidates) {
        if (word.length() > LONGEST) {
            return "";
        }
        int most = Math.min(3, Math.max(1, word.length() / 3));
        return candidates.stream()
                .filter(candidate -> distance(word, candidate) <= most)
                .min(
                        Comparator.comparingInt((String candidate) -> distance(word, candidate))
                                .thenComparing(Comparator.naturalOrder()))
                .map("; did you mean \"%s\"?"::formatted)
                .orElse("");
    }

    /// Letters to add, drop, change or swap with their neighbour.
    private static int distance(String one, String other) {
        int[][] cost = new int[one.length() + 1][other.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int j = 0; j <= other.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : step(one, other, cost, i, j);
            }
        }
        return cost[one.length()][other.length()];
    }

    private static int step(String one, String other, int[][] cost, int i, int j) {
        boolean same = lower(one, i) == lower(other, j);
        int best = Math.min(cost[i - 1][j], cost[i][j - 1]) + 1;
        best = Math.min(best, cost[i - 1][j - 1] + (same ? 0 : 1));
        boolean swapped =
                i > 1
                        && j > 1
                        && lower(one, i) == lower(other, j - 1)
                        && lower(one, i - 1) == lower(other, j);
        return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
    }

    private static char lower(String word, int position) {
        return Character.toLowerCase(word.charAt(position - 1));
    }
}
