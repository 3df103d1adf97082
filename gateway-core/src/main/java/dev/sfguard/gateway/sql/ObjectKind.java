package dev.sfguard.gateway.sql;

import java.util.Set;

/// What kind of object a CREATE, ALTER, DROP, GRANT, COMMENT or DESCRIBE is about.
///
/// @param place where such an object lives
/// @param last the kind's last word
/// @param behind the first token behind the kind's words
record ObjectKind(Place place, String last, int behind) {

    enum Place {
        /// A table, a view or what is read like one.
        RELATION,
        /// Another object of a schema.
        SCHEMA,
        /// A schema or a database: all that is in it.
        CONTAINER,
        /// The account: no object of a schema.
        ACCOUNT,
        UNKNOWN
    }

    private static final Set<String> RELATIONS = Set.of("TABLE", "VIEW", "STREAM");

    private static final Set<String> IN_SCHEMA =
            Set.of(
                    "TASK",
                    "STAGE",
                    "FORMAT",
                    "SEQUENCE",
                    "PIPE",
                    "FUNCTION",
                    "PROCEDURE",
                    "ALERT",
                    "TAG",
                    "POLICY",
                    "SECRET",
                    "RULE",
                    "STREAMLIT",
                    "NOTEBOOK",
                    "REPOSITORY",
                    "SERVICE",
                    "MODEL",
                    "AGGREGATION",
                    "COLUMN");

    private static final Set<String> CONTAINERS = Set.of("SCHEMA", "DATABASE");

    private static final Set<String> OF_ACCOUNT =
            Set.of(
                    "WAREHOUSE",
                    "ROLE",
                    "USER",
                    "INTEGRATION",
                    "SHARE",
                    "MONITOR",
                    "ACCOUNT",
                    "GROUP",
                    "CONNECTION",
                    "VOLUME",
                    "POOL",
                    "ORGANIZATION",
                    "LISTING",
                    "SESSION");

    /// Reads up to four words that name a kind.
    static ObjectKind at(Cursor c, int from) {
        for (int k = from; k < from + 4 && !endsKind(c, k); k++) {
            String word = singular(c.word(k));
            var place = place(c, k, word);
            if (place != Place.UNKNOWN) {
                return new ObjectKind(place, word, k + 1);
            }
        }
        return new ObjectKind(Place.UNKNOWN, "", from);
    }

    private static boolean endsKind(Cursor c, int k) {
        return switch (c.word(k)) {
            case "", "TO", "FROM", "IS", "IN", "AS", "SET" -> true;
            default -> c.isOperator(k + 1, ".");
        };
    }

    private static Place place(Cursor c, int k, String word) {
        if (word.equals("DATABASE") && c.is(k + 1, "ROLE")) {
            return Place.UNKNOWN;
        }
        if (word.equals("POLICY") && (c.is(k - 1, "NETWORK") || c.is(k - 1, "PRIVACY"))) {
            return Place.ACCOUNT;
        }
        if (RELATIONS.contains(word)) {
            return Place.RELATION;
        }
        if (IN_SCHEMA.contains(word)) {
            return Place.SCHEMA;
        }
        if (CONTAINERS.contains(word)) {
            return Place.CONTAINER;
        }
        return OF_ACCOUNT.contains(word) ? Place.ACCOUNT : Place.UNKNOWN;
    }

    private static String singular(String word) {
        return switch (word) {
            case "TABLES",
                    "VIEWS",
                    "STREAMS",
                    "SCHEMAS",
                    "DATABASES",
                    "FUNCTIONS",
                    "PROCEDURES",
                    "TASKS",
                    "STAGES",
                    "SEQUENCES",
                    "PIPES",
                    "ALERTS" ->
                    word.substring(0, word.length() - 1);
            default -> word;
        };
    }
}
