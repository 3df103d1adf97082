package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.Tokens.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The CREATE VIEW text of a view, taken apart.
///
/// @param columns the names of its list of columns, folded; empty without a list
/// @param query what stands behind AS, without a semicolon at the end
public record ViewText(List<String> columns, String query) {

    public ViewText {
        columns = List.copyOf(columns);
    }

    /// Empty when this is no plain view, or anything about it is not certain; also when a policy
    /// of Snowflake's hangs on it, which would not hold for its query alone.
    public static Optional<ViewText> of(String definition) {
        var tokens = Lexer.read(definition);
        if (tokens.doubt() != null || !tokens.is(0, "CREATE")) {
            return Optional.empty();
        }
        int size = tokens.size();
        while (size > 0 && tokens.kind(size - 1) == Kind.SEMICOLON) {
            size--;
        }
        return new Reading(tokens, size).view();
    }

    private record Reading(Tokens tokens, int size) {

        Optional<ViewText> view() {
            int k = Effects.objectKind(tokens, new Range(0, size));
            if (!tokens.is(k, "VIEW")) {
                return Optional.empty();
            }
            k++;
            while (tokens.is(k, "IF") || tokens.is(k, "NOT") || tokens.is(k, "EXISTS")) {
                k++;
            }
            k = behindName(k);
            var columns = new ArrayList<String>();
            if (tokens.kind(k) == Kind.OPEN) {
                k = columns(k, columns);
            }
            int as = as(k);
            if (as < 0 || columns.contains("") || !beginsQuery(as + 1)) {
                return Optional.empty();
            }
            int from = tokens.start(as + 1);
            int to = tokens.end(size - 1);
            return Optional.of(new ViewText(columns, tokens.source().substring(from, to)));
        }

        private int behindName(int at) {
            int k = at;
            while (tokens.isName(k) && tokens.isOperator(k + 1, ".")) {
                k += 2;
            }
            return tokens.isName(k) ? k + 1 : size;
        }

        /// @return the place behind the closing parenthesis; an empty name stands for what is none
        private int columns(int open, List<String> names) {
            int depth = 0;
            for (int k = open; k < size; k++) {
                boolean begins = depth == 1 && (k == open + 1 || tokens.isOperator(k - 1, ","));
                if (begins) {
                    names.add(tokens.isName(k) ? tokens.name(k) : "");
                }
                if (tokens.is(k, "POLICY") || tokens.is(k, "MASKING")) {
                    names.add("");
                }
                depth += tokens.kind(k) == Kind.OPEN ? 1 : tokens.kind(k) == Kind.CLOSE ? -1 : 0;
                if (depth == 0) {
                    return k + 1;
                }
            }
            return size;
        }

        /// The AS before the query, or -1.
        private int as(int from) {
            int depth = 0;
            for (int k = from; k < size - 1; k++) {
                depth += tokens.kind(k) == Kind.OPEN ? 1 : tokens.kind(k) == Kind.CLOSE ? -1 : 0;
                if (tokens.is(k, "POLICY") || tokens.kind(k) == Kind.SEMICOLON) {
                    return -1;
                }
                if (depth == 0 && tokens.is(k, "AS")) {
                    return k;
                }
            }
            return -1;
        }

        private boolean beginsQuery(int at) {
            int k = at;
            while (tokens.kind(k) == Kind.OPEN) {
                k++;
            }
            return k < size && (tokens.is(k, "SELECT") || tokens.is(k, "WITH"));
        }
    }
}
