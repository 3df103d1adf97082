package dev.sfguard.cli.replay;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sfguard.cli.output.Printable;
import dev.sfguard.cli.output.TextWidth;
import dev.sfguard.gateway.recording.RecordingEvent;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The rows of one result as lines: the first batch sets the widths of the columns.
final class ResultTable {
    private static final JsonFactory JSON = new JsonFactory();
    private static final Pattern CHANGED_ROWS = Pattern.compile("number of rows (\\w+)");

    private final List<RecordingEvent.Column> columns;
    private final int limit;
    private final int widestCell;
    private int[] widths = {};
    private long shown;

    ResultTable(List<RecordingEvent.Column> columns, Detail detail) {
        this.columns = columns;
        this.limit = detail.rows();
        this.widestCell = detail.widestCell();
    }

    /// @return the lines for these rows, with a heading when they are the first
    List<String> add(RecordingEvent.Rows rows) {
        if (isFull()) {
            return List.of();
        }
        var lines = new ArrayList<String>();
        List<List<String>> cells;
        try {
            cells = cells(rows.json(), limit - shown);
        } catch (IOException e) {
            return List.of(
                    "(rows that are no JSON: "
                            + Printable.line(String.valueOf(e.getMessage()))
                            + ")");
        }
        if (shown == 0) {
            var names = columns.stream().map(it -> Printable.line(it.name())).toList();
            widths = widths(names, cells);
            if (!names.isEmpty()) {
                lines.add(line(names));
            }
        }
        cells.forEach(row -> lines.add(line(row)));
        shown += cells.size();
        return lines;
    }

    /// What Snowflake answers to DML is a row of counts: `1 row deleted`.
    Optional<String> changes(RecordingEvent.Rows rows) {
        var matchers = columns.stream().map(it -> CHANGED_ROWS.matcher(it.name())).toList();
        if (rows.count() != 1
                || matchers.isEmpty()
                || !matchers.stream().allMatch(Matcher::matches)) {
            return Optional.empty();
        }
        try {
            List<String> counts = cells(rows.json(), 1).getFirst();
            var parts = new ArrayList<String>();
            for (int i = 0; i < Math.min(counts.size(), matchers.size()); i++) {
                String noun = counts.get(i).equals("1") ? " row " : " rows ";
                parts.add(counts.get(i) + noun + matchers.get(i).group(1));
            }
            return Optional.of(String.join(", ", parts));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// No more rows of it will be shown.
    boolean isFull() {
        return shown >= limit;
    }

    /// @param recorded rows of the whole result
    Optional<String> rest(long recorded) {
        long more = recorded - shown;
        return more <= 0
                ? Optional.empty()
                : Optional.of("… %s more %s".formatted(count(more), more == 1 ? "row" : "rows"));
    }

    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private int[] widths(List<String> names, List<List<String>> rows) {
        int columnCount = rows.stream().mapToInt(List::size).max().orElse(0);
        int[] widths = new int[Math.max(names.size(), columnCount)];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = i < names.size() ? TextWidth.of(names.get(i)) : 0;
            for (var row : rows) {
                int width = i < row.size() ? TextWidth.of(row.get(i)) : 0;
                widths[i] = Math.max(widths[i], width);
            }
            widths[i] = Math.min(widths[i], widestCell);
        }
        return widths;
    }

    private String line(List<String> cells) {
        var line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            int width = i < widths.length ? widths[i] : 0;
            // A later cell that is wider pushes its row out of line and is not cut to the column.
            String cell = ShownText.cut(cells.get(i), widestCell);
            String space = " ".repeat(Math.max(0, width - TextWidth.of(cell)));
            line.append(i == 0 ? "" : "  ").append(cell).append(space);
        }
        return line.toString().stripTrailing();
    }

    private List<List<String>> cells(byte[] json, long limit) throws IOException {
        var rows = new ArrayList<List<String>>();
        try (JsonParser parser = JSON.createParser(json)) {
            parser.nextToken();
            while (rows.size() < limit && parser.nextToken() == JsonToken.START_ARRAY) {
                var row = new ArrayList<String>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    String type = row.size() < columns.size() ? columns.get(row.size()).type() : "";
                    row.add(cell(parser, type));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private static String cell(JsonParser parser, String type) throws IOException {
        return switch (parser.currentToken()) {
            case null -> throw new IOException("the rows end inside of a row");
            case VALUE_NULL -> "NULL";
            case START_ARRAY, START_OBJECT -> {
                var nested = new StringWriter();
                try (var json = JSON.createGenerator(nested)) {
                    json.copyCurrentStructure(parser);
                }
                yield Printable.line(nested.toString());
            }
            default -> Printable.line(WireValue.shown(type, parser.getText()));
        };
    }
}
