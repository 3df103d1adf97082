package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.Signal.SessionParameter;
import dev.sfguard.gateway.sql.Signal.SessionVariable;
import dev.sfguard.gateway.sql.Tokens.Kind;
import java.util.Locale;

/// Reads which settings of the session a statement changes.
final class SessionSettings {
    private SessionSettings() {}

    /// `ALTER SESSION SET a = 1 b = 'x'`, `ALTER SESSION UNSET a, b`. In any other form
    /// nobody knows what it sets.
    static void alterSession(Tokens tokens, Range range, Findings findings) {
        int action = range.from() + 2;
        boolean understood =
                switch (tokens.word(action)) {
                    case "SET" -> settings(tokens, action + 1, range.to(), findings);
                    case "UNSET" -> names(tokens, action + 1, range.to(), findings);
                    default -> false;
                };
        if (!understood) {
            findings.opaque("an ALTER SESSION that is neither SET name = value nor UNSET name");
        }
    }

    private static boolean settings(Tokens tokens, int from, int to, Findings findings) {
        int k = from;
        while (k < to) {
            if (!tokens.isName(k) || !tokens.isOperator(k + 1, "=") || k + 2 >= to) {
                return false;
            }
            int value = k + 2;
            int last =
                    tokens.isOperator(value, "-") || isColonBind(tokens, value) ? value + 1 : value;
            if (last >= to || !isValue(tokens, last)) {
                return false;
            }
            findings.signal(new SessionParameter(name(tokens, k), value(tokens, value, last)));
            k = last + 1;
            if (tokens.isOperator(k, ",")) {
                k++;
            }
        }
        return k > from;
    }

    private static boolean isColonBind(Tokens tokens, int k) {
        return tokens.isOperator(k, ":");
    }

    private static boolean isValue(Tokens tokens, int k) {
        return switch (tokens.kind(k)) {
            case WORD, QUOTED, STRING, DOLLAR_STRING, NUMBER, VARIABLE, BIND -> true;
            default -> false;
        };
    }

    private static String value(Tokens tokens, int from, int to) {
        if (tokens.isLiteral(from)) {
            return tokens.literal(from);
        }
        return from == to ? tokens.text(from) : tokens.text(from) + tokens.text(to);
    }

    private static boolean names(Tokens tokens, int from, int to, Findings findings) {
        int k = from;
        while (k < to) {
            if (!tokens.isName(k)) {
                return false;
            }
            findings.signal(new SessionParameter(name(tokens, k), null));
            k += tokens.isOperator(k + 1, ",") ? 2 : 1;
        }
        return k > from;
    }

    private static String name(Tokens tokens, int k) {
        return tokens.name(k).toUpperCase(Locale.ROOT);
    }

    /// `SET a = …`, `SET (a, b) = …`, `UNSET a`, `UNSET (a, b)`: the names before the equals
    /// sign.
    static void variables(Tokens tokens, Range range, Findings findings) {
        for (int k = range.from() + 1; k < range.to(); k++) {
            if (tokens.isOperator(k, "=")) {
                return;
            }
            if (tokens.isName(k) || tokens.kind(k) == Kind.VARIABLE) {
                findings.signal(new SessionVariable(name(tokens, k)));
            }
        }
    }
}
