package dev.sfguard.cli.output;

import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;

/// Tab-separated as PostgreSQL's COPY writes it: NULL is `\N`; tab, line end and backslash are
/// `\t`, `\n`, `\r`, `\\`.
final class TsvPrinter implements RowPrinter {
    private final PrintStream out;
    private final Look look;

    TsvPrinter(PrintStream out, Look look) {
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
        out.print(cells.stream().map(this::field).collect(Collectors.joining("\t", "", "\n")));
    }

    private String field(Cell cell) {
        if (cell instanceof Cell.Null) {
            return "\\N";
        }
        String escaped =
                look.text(cell)
                        .replace("\\", "\\\\")
                        .replace("\t", "\\t")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r");
        return look.terminal() ? Printable.line(escaped) : escaped;
    }
}
