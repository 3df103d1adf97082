package dev.sfguard.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// A row of the bypass corpus: what somebody tries, and what must become of it.
///
/// @param given groups of who tries, joined by `+`
/// @param accepted the expected verdict, and those that are stricter and safe too
public record BypassRow(String id, String sql, String attack, String given, List<String> accepted) {
    /// Where it stands beside its policy and its catalog.
    public static final Path FOLDER = Path.of("../gateway-core/src/test/resources/bypass");

    private static final ObjectMapper JSON = new ObjectMapper();

    public BypassRow {
        accepted = List.copyOf(accepted);
    }

    /// Of every file, in the files' alphabetical order.
    public static List<BypassRow> all() {
        try (var files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".jsonl"))
                    .sorted()
                    .flatMap(BypassRow::of)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<BypassRow> of(Path file) {
        try {
            var rows = new ArrayList<BypassRow>();
            for (String line : Files.readAllLines(file)) {
                rows.add(of(JSON.readTree(line)));
            }
            return rows.stream();
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    private static BypassRow of(JsonNode row) {
        var accepted = new ArrayList<String>();
        accepted.add(row.get("expect").asText());
        row.path("accept").forEach(verdict -> accepted.add(verdict.asText()));
        return new BypassRow(
                row.get("id").asText(),
                row.get("sql").asText(),
                row.get("attack").asText(),
                row.get("given").asText(),
                accepted);
    }

    /// Whether masks stand between the asker and the values.
    boolean isMasked() {
        return given.contains("P2");
    }

    @Override
    public String toString() {
        return id + " " + attack;
    }
}
