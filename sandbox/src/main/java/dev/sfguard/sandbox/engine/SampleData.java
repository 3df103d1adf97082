package dev.sfguard.sandbox.engine;

import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Random;
import org.duckdb.DuckDBConnection;

/// Fills database SHOP. The same rows each time: tests count on them. Nobody in it exists; social
/// security numbers start with 9, which none issued does, and card numbers pass the Luhn check.
final class SampleData {
    static final int CUSTOMERS = 1_000;
    static final int ORDERS = 20_000;
    static final int EMPLOYEES = 50;

    private static final LocalDateTime START = LocalDateTime.of(2025, 1, 1, 8, 0);
    private static final List<String> FIRST =
            List.of(
                    "Ada", "Boris", "Chen", "Dana", "Elif", "Femi", "Greta", "Hugo", "Ines",
                    "Jonas", "Kavya", "Luca", "Mina", "Noor", "Olga", "Pavel", "Quinn", "Rosa",
                    "Sven", "Tomas");
    private static final List<String> LAST =
            List.of(
                    "Abbott", "Bauer", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Haddad",
                    "Ivanov", "Jensen", "Kumar", "Lopez", "Moreau", "Novak", "Okafor", "Petrov",
                    "Rossi", "Sato", "Tanaka", "Weber");
    private static final List<String> CITIES =
            List.of("Rome", "Lyon", "Oslo", "Kyoto", "Austin", "Lagos", "Pune", "Lima");
    private static final List<String> STATUSES =
            List.of("placed", "paid", "shipped", "delivered", "returned", "void");
    private static final List<String> DEPARTMENTS =
            List.of("Sales", "Support", "Finance", "Engineering", "People");

    private final DuckDBConnection connection;
    private final Random random = new Random(20_260_101);

    SampleData(DuckDBConnection connection) {
        this.connection = connection;
    }

    void fill() throws SQLException {
        customers();
        orders();
        employees();
    }

    private void customers() throws SQLException {
        try (var rows = connection.createAppender("SHOP", "PUBLIC", "CUSTOMERS")) {
            for (int id = 1; id <= CUSTOMERS; id++) {
                String first = pick(FIRST);
                String last = pick(LAST);
                rows.beginRow();
                rows.append((long) id);
                rows.append(first + " " + last);
                rows.append(
                        "%s.%s%d@mail.example"
                                .formatted(first, last, id)
                                .toLowerCase(java.util.Locale.ROOT));
                rows.append(
                        "9%02d-%02d-%04d"
                                .formatted(random.nextInt(100), 1 + random.nextInt(99), id));
                rows.append(cardNumber());
                rows.append(pick(CITIES));
                rows.append(START.plusMinutes(random.nextInt(400_000)));
                rows.endRow();
            }
        }
    }

    private void orders() throws SQLException {
        try (var rows = connection.createAppender("SHOP", "PUBLIC", "ORDERS")) {
            for (int id = 1; id <= ORDERS; id++) {
                rows.beginRow();
                rows.append((long) id);
                rows.append(1L + random.nextInt(CUSTOMERS));
                rows.append(java.math.BigDecimal.valueOf(100 + random.nextInt(99_900), 2));
                rows.append(pick(STATUSES));
                rows.append(START.plusMinutes(20L * id + random.nextInt(20)));
                rows.endRow();
            }
        }
    }

    private void employees() throws SQLException {
        try (var rows = connection.createAppender("SHOP", "PUBLIC", "EMPLOYEES")) {
            for (int id = 1; id <= EMPLOYEES; id++) {
                rows.beginRow();
                rows.append((long) id);
                rows.append(pick(FIRST) + " " + pick(LAST));
                rows.append(DEPARTMENTS.get(id % DEPARTMENTS.size()));
                rows.append(
                        java.math.BigDecimal.valueOf(40_000 + 500L * random.nextInt(200), 0)
                                .setScale(2));
                if (id == 1) {
                    rows.appendNull();
                } else {
                    rows.append(1L + (id - 2) / 7);
                }
                rows.endRow();
            }
        }
    }

    private String pick(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    /// Sixteen digits that begin with 4 and end with the Luhn check digit.
    private String cardNumber() {
        var digits = new StringBuilder("4");
        while (digits.length() < 15) {
            digits.append(random.nextInt(10));
        }
        int sum = 0;
        for (int i = 0; i < 15; i++) {
            int digit = digits.charAt(i) - '0';
            int weighted = i % 2 == 0 ? 2 * digit : digit;
            sum += weighted > 9 ? weighted - 9 : weighted;
        }
        return digits.append((10 - sum % 10) % 10).toString();
    }
}
