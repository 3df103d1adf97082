package dev.sfguard.e2e;

import java.util.List;

/// What came of a row: what its driver got, and what reached the sandbox for it.
///
/// @param verdict as the corpus names it, judged by what reached the sandbox
/// @param cells delivered, sorted: no order is promised for most of the queries
/// @param failure the driver's error, empty when there was none; ids of queries stand as `<id>`
/// @param received texts in the sandbox's log
record Attempt(String verdict, List<String> cells, String failure, List<String> received) {
    private static final String BLOCKED = "098011";
    private static final String WITHDRAWN = "098012";

    /// Snowflake's own for a text without a statement; the gateway answers it too.
    private static final String EMPTY = "000900";

    /// JDBC obeys the gateway, which tells it that there are no file transfers, and sends nothing.
    private static final String NO_TRANSFERS = "File transfers have been disabled";

    Attempt {
        cells = List.copyOf(cells);
        received = List.copyOf(received);
    }

    /// @param sql as it was asked
    /// @param code of the driver's error; empty when there was none
    static Attempt of(
            String sql, List<String> cells, String code, String failure, List<String> received) {
        return new Attempt(
                verdict(sql, code, failure, received),
                cells.stream().sorted().toList(),
                failure.replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>"),
                received);
    }

    private static String verdict(String sql, String code, String failure, List<String> received) {
        if (!received.isEmpty()) {
            return received.equals(List.of(sql)) ? "allow" : "mask";
        }
        if (code.equals(WITHDRAWN) || (code.equals(BLOCKED) && failure.contains("approval"))) {
            return "approve";
        }
        if (code.equals(BLOCKED) || code.equals(EMPTY) || failure.contains(NO_TRANSFERS)) {
            return "block";
        }
        // Drivers refuse an empty text themselves.
        return sql.isBlank() ? "block" : "nothing arrived, and nobody refused it: " + failure;
    }
}
