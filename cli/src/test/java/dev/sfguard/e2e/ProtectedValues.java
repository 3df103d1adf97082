package dev.sfguard.e2e;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// The sandbox's real values in protected columns, and other ones in their place.
final class ProtectedValues {
    /// None but raw values of the sample data look like this: `912-`, `9xx-xx-xxxx`.
    private static final Pattern LIKE_SSN = Pattern.compile("\\b9\\d\\d-(\\d\\d-)?");

    private static final Pattern NUMBER = Pattern.compile("[^0-9.]+");

    private final Set<String> values = new HashSet<>();
    private final Set<String> numbers = new HashSet<>();

    /// @param warehouse past the gateway
    static ProtectedValues read(Connection warehouse) throws SQLException {
        var read = new ProtectedValues();
        for (var row :
                MaskedShop.rows(
                        warehouse, "select ssn, email, card_number from shop.public.customers")) {
            row.forEach(value -> read.values.add(value.toLowerCase(Locale.ROOT)));
        }
        for (var row : MaskedShop.rows(warehouse, "select salary from shop.public.employees")) {
            read.numbers.add(row.getFirst());
            read.numbers.add(row.getFirst().replace(".00", ""));
        }
        return read;
    }

    boolean shows(String cell) {
        String text = cell.toLowerCase(Locale.ROOT);
        return LIKE_SSN.matcher(text).find()
                || values.stream().anyMatch(text::contains)
                || NUMBER.splitAsStream(text).anyMatch(numbers::contains);
    }

    /// Every protected value becomes another one, of another beginning, length and order; nothing
    /// else changes.
    static void replace(Connection warehouse) throws SQLException {
        MaskedShop.run(
                warehouse,
                """
                update shop.public.customers set
                    ssn = '1' || right('0000' || (9000 - id), 4) || '-x',
                    email = 'z' || (7 * id) || '@other.example.org',
                    card_number = '5' || right('00000000' || (13 * (2000 - id)), 8)
                """);
        MaskedShop.run(warehouse, "update shop.public.employees set salary = 1234567 - 1000 * id");
    }
}
