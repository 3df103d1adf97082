package dev.sfguard.e2e;

import java.util.List;
import java.util.regex.Pattern;

/// Looks at a text that reached Snowflake as somebody would who knows neither the gateway nor what
/// was asked: where the names of protected tables stand in it.
final class MaskedText {
    /// `SELECT * REPLACE (… AS "SSN") FROM "SHOP"."PUBLIC"."CUSTOMERS"`, with no other FROM in it.
    private static final Pattern PROJECTION =
            Pattern.compile(
                    "SELECT \\* REPLACE \\(((?!\\bFROM\\b).)*? AS \"\\w+\"\\)"
                            + " FROM \"SHOP\"\\.\"PUBLIC\"\\.\"(CUSTOMERS|EMPLOYEES)\"");

    private static final Pattern LITERAL_OR_COMMENT =
            Pattern.compile(
                    "'(?:[^'\\\\]|''|\\\\.)*'|--[^\\n]*|//[^\\n]*|/\\*.*?\\*/", Pattern.DOTALL);

    /// A table, and how a text reaches its protected columns: by their names, a star, a position.
    private record Protected(Pattern table, Pattern columns) {
        /// The table's name counts where it is neither an alias nor stands before a column's.
        static Protected of(String table, String columns) {
            return new Protected(
                    insensitive(
                            "(?<!\\bAS )(?<!\\bAS \")(?<![\\w$])\"?"
                                    + table
                                    + "\"?(?![\\w$])(?!\\s*\\.)"),
                    insensitive("\\b(" + columns + ")\\b|\\*|\\$\\d"));
        }

        private static Pattern insensitive(String pattern) {
            return Pattern.compile(pattern, Pattern.CASE_INSENSITIVE);
        }

        boolean isReached(String text) {
            return table.matcher(text).find() && columns.matcher(text).find();
        }
    }

    private static final List<Protected> PROTECTED =
            List.of(
                    Protected.of("CUSTOMERS", "SSN|EMAIL|CARD_NUMBER"),
                    Protected.of("EMPLOYEES", "SALARY"));

    private MaskedText() {}

    static boolean hasProjection(String text) {
        return PROJECTION.matcher(text).find();
    }

    /// Whether protected columns may be read from a table where nothing masks it.
    static boolean reachesProtected(String text) {
        var outside = PROJECTION.matcher(text).replaceAll("<masked>");
        var rest = LITERAL_OR_COMMENT.matcher(outside).replaceAll("<literal>");
        return PROTECTED.stream().anyMatch(it -> it.isReached(rest));
    }
}
