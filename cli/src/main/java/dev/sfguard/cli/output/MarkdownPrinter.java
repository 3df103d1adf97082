package dev.sfguard.cli.output;

import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;

/// A table for an issue or a chat.
final class MarkdownPrinter implements RowPrinter {
    private final PrintStream out;
    private final Look look;

    MarkdownPrinter(PrintStream out, Look look) {
        this.out = out;
        this.look = look;
    }

    @Override
    public void begin(List<Column> columns) {
        line(columns.stream().map(column -> Cell.text(column.name())).toList());
        out.print(
                columns.stream()
                        .map(column -> column.isNumber() ? "---:" : "---")
                        .collect(Collectors.joining(" | ", "| ", " |\n")));
    }

    @Override
    public void row(List<Cell> cells) {
        line(cells);
    }

    @Override
    public void end() {}

    private void line(List<Cell> cells) {
        out.print(cells.stream().map(this::field).collect(Collectors.joining(" | ", "| ", " |\n")));
    }

    private String field(Cell cell) {
        if (cell instanceof Cell.Null) {
            return "NULL";
        }
        String text =
                look.text(cell).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;");
        return Printable.line(text.replace("\r\n", "\n").replace("\n", "<br>"));
    }
}
