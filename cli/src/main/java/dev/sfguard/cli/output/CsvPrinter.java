package dev.sfguard.cli.output;

import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;

/// RFC 4180, but lines end in LF. NULL is empty; the empty text is `""`, so the two stay apart.
final class CsvPrinter implements RowPrinter {
    private final PrintStream out;
    private final Look look;

    CsvPrinter(PrintStream out, Look look) {
        this.out = out;
        this.look = look;
    }

    @Override
    public void begin(List<Column> columns) {
        line(columns.stream().map(column -> Cell.text(column.name())).toList());
    }

    @Override
    public void row(List<Cell> cells) {
        line(cells);
    }

    @Override
    public void end() {}

    private void line(List<Cell> cells) {
        out.print(cells.stream().map(this::field).collect(Collectors.joining(",", "", "\n")));
    }

    private String field(Cell cell) {
        String text = look.raw(cell);
        boolean quoted =
                (text.isEmpty() && !(cell instanceof Cell.Null))
                        || text.chars()
                                .anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return quoted ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }
}
