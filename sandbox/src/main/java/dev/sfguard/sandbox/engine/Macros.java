package dev.sfguard.sandbox.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Snowflake's functions said in DuckDB's SQL, read from `functions.sql`.
final class Macros {
    private Macros() {}

    static List<String> statements() {
        try (var file = Macros.class.getResourceAsStream("functions.sql")) {
            if (file == null) {
                throw new IllegalStateException("functions.sql is missing beside " + Macros.class);
            }
            var text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            return Arrays.stream(text.split(";;\\s*\n", -1))
                    .map(Macros::withoutComments)
                    .filter(statement -> !statement.isBlank())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String withoutComments(String statement) {
        return statement.replaceAll("(?m)^--.*$", "").strip();
    }
}
