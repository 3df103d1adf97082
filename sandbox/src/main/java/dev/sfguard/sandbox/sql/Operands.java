package dev.sfguard.sandbox.sql;

import dev.sfguard.sandbox.sql.Token.Kind;

/// Finds where the operand before a postfix operator begins.
final class Operands {
    private Operands() {}

    /// The start of the operand whose last token is at `last`: a literal, `a.b.c`, `f(…)`, `(…)`,
    /// `a[…]`.
    static int start(Tokens tokens, int last) {
        int i = last;
        while (tokens.at(i).isSymbol("]")) {
            i = tokens.open(i) - 1;
        }
        if (tokens.at(i).isSymbol(")") || tokens.at(i).isSymbol("}")) {
            i = tokens.open(i);
            if (tokens.at(i).isSymbol("(") && isFunction(tokens, i - 1)) {
                i--;
            }
        } else if (i < last && !tokens.at(i).isName() && tokens.at(i).kind() != Kind.RAW) {
            return i + 1;
        }
        while (tokens.at(i - 1).isSymbol(".") && tokens.at(i - 2).isName()) {
            i -= 2;
        }
        return i;
    }

    private static boolean isFunction(Tokens tokens, int i) {
        return tokens.at(i).isName()
                && !tokens.is(i, "IN")
                && !tokens.is(i, "AND")
                && !tokens.is(i, "OR")
                && !tokens.is(i, "SELECT")
                && !tokens.is(i, "NOT")
                && !tokens.is(i, "THEN")
                && !tokens.is(i, "ELSE")
                && !tokens.is(i, "WHEN");
    }
}
