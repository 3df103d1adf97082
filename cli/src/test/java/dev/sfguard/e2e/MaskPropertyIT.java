package dev.sfguard.e2e;

import static dev.sfguard.e2e.MaskedShop.rows;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever an analyst asks, the answer is that of tables which hold the masked values; whatever an
/// exempted person asks, the answer is the unguarded one.
///
/// Runs for 20 seconds from a fixed seed; `-Dsfguard.masks.seconds=600 -Dsfguard.masks.seed=7` for
/// longer and for others.
class MaskPropertyIT {
    private static final Duration TIME =
            Duration.ofSeconds(Long.getLong("sfguard.masks.seconds", 20));
    private static final long SEED = Long.getLong("sfguard.masks.seed", 20_261_125);

    @TempDir static Path folder;
    static Stage stage;

    @BeforeAll
    static void raise() throws Exception {
        stage = MaskedShop.raise(folder);
    }

    @AfterAll
    static void strike() throws Exception {
        stage.close();
    }

    /// Rows in any order, or why there are none.
    private record Answer(Optional<List<List<String>>> rows, String failure) {
        static Answer of(Connection connection, String sql) {
            try {
                var rows = new ArrayList<>(rows(connection, sql));
                rows.sort(Comparator.comparing(Object::toString));
                return new Answer(Optional.of(rows), "");
            } catch (SQLException failed) {
                return new Answer(Optional.empty(), String.valueOf(failed.getMessage()));
            }
        }

        private static List<List<String>> rows(Connection connection, String sql)
                throws SQLException {
            return MaskedShop.rows(connection, sql);
        }

        boolean refused() {
            return failure.startsWith("sfguard: Denied");
        }
    }

    @Test
    void nobody_sees_more_or_less_than_the_masks_say() throws Exception {
        try (var ana = stage.ana().jdbc();
                var bo = stage.bo().jdbc();
                var warehouse = stage.warehouse()) {
            var secrets = new ArrayList<String>();
            rows(warehouse, "select ssn, email, name from shop.public.customers where id <= 20")
                    .forEach(secrets::addAll);
            var maker = new QueryMaker(SEED, secrets);
            var spelling = new Random(SEED);
            int answered = 0;
            int refused = 0;
            int failed = 0;
            long end = System.nanoTime() + TIME.toNanos();
            while (System.nanoTime() < end) {
                String query = maker.next();
                String asked = spelled(query, spelling);
                var expected = Answer.of(warehouse, in(query, "masked"));
                var got = Answer.of(ana, asked);
                if (got.refused()) {
                    refused++;
                } else if (expected.rows().isEmpty()) {
                    assertThat(got.rows()).as("%s\n%s", asked, expected.failure()).isEmpty();
                    failed++;
                } else {
                    assertThat(got.failure()).as(asked).isEmpty();
                    assertThat(got.rows()).as(asked).isEqualTo(expected.rows());
                    answered++;
                }
                var raw = Answer.of(warehouse, in(query, "public"));
                var exempted = Answer.of(bo, asked);
                assertThat(exempted.rows()).as(asked).isEqualTo(raw.rows());
            }
            System.out.printf(
                    Locale.ROOT,
                    "masks: %d answered as masked, %d refused, %d not understood by the sandbox%n",
                    answered,
                    refused,
                    failed);
            // A rewriter that refuses everything would pass, and be of no use.
            assertThat(answered).isGreaterThan(20).isGreaterThan(10 * refused);
            assertThat(answered).isGreaterThan(4 * failed);
        }
    }

    private static String in(String query, String schema) {
        return query.replaceAll("\\{(\\w+)}", "shop." + schema + ".$1");
    }

    /// Each table under one of its names.
    private static String spelled(String query, Random random) {
        var text = new StringBuilder();
        int at = 0;
        var places = java.util.regex.Pattern.compile("\\{(\\w+)}").matcher(query);
        while (places.find()) {
            String name = places.group(1);
            String written =
                    switch (random.nextInt(5)) {
                        case 0 -> "shop.public." + name.toLowerCase(Locale.ROOT);
                        case 1 -> "public." + name;
                        case 2 -> "SHOP.\"PUBLIC\".\"" + name + "\"";
                        case 3 -> "\"" + name + "\"";
                        default -> name.toLowerCase(Locale.ROOT);
                    };
            // Inside of the query that defines a name, the bare name would be ambiguous.
            if (query.startsWith("with customers") && !written.contains(".")) {
                written = "public." + name;
            }
            text.append(query, at, places.start()).append(written);
            at = places.end();
        }
        return text.append(query.substring(at)).toString();
    }
}
