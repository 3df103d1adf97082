package dev.sfguard.cli.output;

import java.io.PrintStream;
import java.util.List;

/// One line a cell, for rows that are too wide to read.
final class VerticalPrinter implements RowPrinter {
    private final PrintStream out;
    private final Look look;
    private List<Column> columns = List.of();
    private int nameWidth;
    private long rows;

    VerticalPrinter(PrintStream out, Look look) {
        this.out = out;
        this.look = look;
    }

    @Override
    public void begin(List<Column> columns) {
        this.columns = columns;
        nameWidth =
                columns.stream().mapToInt(column -> TextWidth.of(shown(column))).max().orElse(0);
    }

    @Override
    public void row(List<Cell> cells) {
        rows++;
        out.print("-- row " + rows + " --\n");
        for (int i = 0; i < cells.size(); i++) {
            String name = shown(columns.get(i));
            out.print(
                    name
                            + " ".repeat(nameWidth - TextWidth.of(name))
                            + "  "
                            + TableText.cell(cells.get(i), look)
                            + "\n");
        }
    }

    @Override
    public void end() {}

    private static String shown(Column column) {
        return Printable.line(column.name());
    }
}
