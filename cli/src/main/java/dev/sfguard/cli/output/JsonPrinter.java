package dev.sfguard.cli.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;

/// One object a row: an array of them, or one a line.
final class JsonPrinter implements RowPrinter {
    private static final JsonFactory JSON = new JsonFactory();

    enum Shape {
        ARRAY,
        LINES
    }

    private final PrintStream out;
    private final Look look;
    private final Shape shape;
    private JsonCells cells = new JsonCells(List.of());
    private boolean first = true;

    JsonPrinter(PrintStream out, Look look, Shape shape) {
        this.out = out;
        this.look = look;
        this.shape = shape;
    }

    @Override
    public void begin(List<Column> columns) {
        cells = new JsonCells(columns);
        out.print(shape == Shape.ARRAY ? "[" : "");
    }

    @Override
    public void row(List<Cell> row) {
        if (shape == Shape.ARRAY) {
            out.print(first ? "\n  " : ",\n  ");
        }
        first = false;
        // JSON escapes what is below U+0020 itself; the rest is only a danger on a screen.
        String object = object(row);
        out.print(look.terminal() ? Printable.line(object) : object);
        out.print(shape == Shape.LINES ? "\n" : "");
    }

    @Override
    public void end() {
        if (shape == Shape.ARRAY) {
            out.print(first ? "]\n" : "\n]\n");
        }
    }

    private String object(List<Cell> row) {
        var text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            cells.write(json, row);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
