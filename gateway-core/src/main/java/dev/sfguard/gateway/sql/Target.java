package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.Tokens.Kind;
import java.util.HashSet;
import java.util.Set;

/// The table that a DELETE, UPDATE or MERGE changes: by which names its columns can be
/// qualified, and whether it is the statement's only table.
///
/// @param names its last name and its alias, folded; empty where there is none
record Target(Set<String> names, boolean alone) {
    private static final Target NONE = new Target(Set.of(), false);

    static Target of(StatementClass kind, Tokens tokens, Range range) {
        return switch (kind) {
            case DELETE -> read(tokens, range, "FROM", "USING");
            case UPDATE -> read(tokens, range, "UPDATE", "FROM");
            case MERGE -> read(tokens, range, "INTO", "USING");
            default -> NONE;
        };
    }

    /// @param before the word before the table's name
    /// @param more the word that brings in other tables
    private static Target read(Tokens tokens, Range range, String before, String more) {
        int k = range.from();
        while (k < range.to() && !tokens.is(k, before)) {
            k++;
        }
        k++;
        var names = new HashSet<String>();
        while (tokens.isOperator(k + 1, ".") && k + 2 < range.to()) {
            k += 2;
        }
        if (tokens.isName(k)) {
            names.add(tokens.name(k));
        }
        k++;
        if (tokens.is(k, "AS")) {
            k++;
        }
        boolean keyword = tokens.is(k, "SET") || tokens.is(k, "WHERE") || tokens.is(k, more);
        if (k < range.to() && tokens.isName(k) && !keyword) {
            names.add(tokens.name(k));
        }
        return new Target(Set.copyOf(names), !mentions(tokens, k, range.to(), more));
    }

    private static boolean mentions(Tokens tokens, int from, int to, String word) {
        int depth = 0;
        for (int k = from; k < to; k++) {
            Kind kind = tokens.kind(k);
            if (kind == Kind.OPEN) {
                depth++;
            } else if (kind == Kind.CLOSE) {
                depth--;
            } else if (depth == 0 && tokens.is(k, word)) {
                return true;
            }
        }
        return false;
    }
}
