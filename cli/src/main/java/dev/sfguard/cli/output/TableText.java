package dev.sfguard.cli.output;

/// A cell as tables show it: on one line, with escapes neutralised, NULL visible.
final class TableText {
    private static final String DIM = "\u001b[2m";
    private static final String PLAIN = "\u001b[0m";

    private TableText() {}

    static String cell(Cell cell, Look look) {
        if (cell instanceof Cell.Null) {
            return look.color() ? DIM + "NULL" + PLAIN : "NULL";
        }
        return Printable.line(look.text(cell));
    }

    /// In columns of a screen; color takes none.
    static int width(Cell cell, Look look) {
        return cell instanceof Cell.Null ? 4 : TextWidth.of(cell(cell, look));
    }
}
