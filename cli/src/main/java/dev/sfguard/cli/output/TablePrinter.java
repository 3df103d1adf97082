package dev.sfguard.cli.output;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/// Aligned columns. The widths come from the first rows, so that a large result is neither held in
/// memory nor waited for; a later cell that is wider pushes its row out of line and is never cut.
final class TablePrinter implements RowPrinter {
    /// Rows looked at before the first is printed.
    private static final int WINDOW = 500;

    /// Characters held at most while looking: rows may be huge.
    private static final int WINDOW_CHARACTERS = 1 << 20;

    private static final String BOLD = "\u001b[1m";
    private static final String PLAIN = "\u001b[0m";

    private final PrintStream out;
    private final Look look;
    private final List<List<Cell>> window = new ArrayList<>();
    private List<Column> columns = List.of();
    private int[] widths = {};
    private long held;
    private boolean printing;

    TablePrinter(PrintStream out, Look look) {
        this.out = out;
        this.look = look;
    }

    @Override
    public void begin(List<Column> columns) {
        this.columns = columns;
        widths = columns.stream().mapToInt(column -> TextWidth.of(shown(column))).toArray();
    }

    @Override
    public void row(List<Cell> cells) {
        if (printing) {
            print(cells);
            return;
        }
        window.add(cells);
        for (int i = 0; i < cells.size(); i++) {
            int width = TableText.width(cells.get(i), look);
            widths[i] = Math.max(widths[i], width);
            held += width;
        }
        if (window.size() >= WINDOW || held >= WINDOW_CHARACTERS) {
            printWindow();
        }
    }

    @Override
    public void end() {
        if (!printing) {
            printWindow();
        }
    }

    private void printWindow() {
        printing = true;
        header();
        window.forEach(this::print);
        window.clear();
    }

    private void header() {
        var names = new StringBuilder();
        var rule = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            String name = shown(columns.get(i));
            pad(names, i, name, TextWidth.of(name));
            rule.append(i == 0 ? "" : "  ").append("-".repeat(widths[i]));
        }
        String heading = names.toString().stripTrailing();
        out.print((look.color() ? BOLD + heading + PLAIN : heading) + "\n" + rule + "\n");
    }

    private void print(List<Cell> cells) {
        var line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            pad(line, i, TableText.cell(cells.get(i), look), TableText.width(cells.get(i), look));
        }
        out.print(line.toString().stripTrailing() + "\n");
    }

    private void pad(StringBuilder line, int column, String text, int width) {
        String space = " ".repeat(Math.max(0, widths[column] - width));
        line.append(column == 0 ? "" : "  ");
        if (columns.get(column).isNumber()) {
            line.append(space).append(text);
        } else {
            line.append(text).append(space);
        }
    }

    private static String shown(Column column) {
        return Printable.line(column.name());
    }
}
