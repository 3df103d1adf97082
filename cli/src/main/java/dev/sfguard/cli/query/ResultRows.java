package dev.sfguard.cli.query;

import dev.sfguard.cli.output.Cell;
import dev.sfguard.cli.output.Column;
import dev.sfguard.cli.output.RowPrinter;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// A result as columns and cells. Dates and times come as text in the session's own formats.
public final class ResultRows {
    private static final Set<String> SEMI_STRUCTURED =
            Set.of("VARIANT", "OBJECT", "ARRAY", "MAP", "VECTOR", "GEOGRAPHY", "GEOMETRY");

    private final ResultSet result;
    private final List<Column> columns;
    private final List<Kind> kinds;

    private enum Kind {
        EXACT,
        APPROXIMATE,
        FLAG,
        JSON,
        TEXT
    }

    ResultRows(ResultSet result) throws SQLException {
        this.result = result;
        ResultSetMetaData meta = result.getMetaData();
        var names = new ArrayList<Column>();
        var types = new ArrayList<Kind>();
        for (int i = 1; i <= meta.getColumnCount(); i++) {
            String type = meta.getColumnTypeName(i).toUpperCase(Locale.ROOT);
            Kind kind = kind(meta.getColumnType(i), type);
            types.add(kind);
            boolean number = kind == Kind.EXACT || kind == Kind.APPROXIMATE;
            names.add(new Column(meta.getColumnLabel(i), type, number));
        }
        columns = List.copyOf(names);
        kinds = List.copyOf(types);
    }

    public List<Column> columns() {
        return columns;
    }

    /// The next row; empty after the last.
    public Optional<List<Cell>> next() throws SQLException {
        if (!result.next()) {
            return Optional.empty();
        }
        var cells = new ArrayList<Cell>(columns.size());
        for (int i = 0; i < kinds.size(); i++) {
            cells.add(cell(i + 1, kinds.get(i)));
        }
        return Optional.of(cells);
    }

    /// @return how many rows were printed
    public long printTo(RowPrinter printer) throws SQLException {
        long count = 0;
        printer.begin(columns);
        for (var row = next(); row.isPresent(); row = next()) {
            printer.row(row.get());
            count++;
        }
        printer.end();
        return count;
    }

    private Cell cell(int column, Kind kind) throws SQLException {
        String text = result.getString(column);
        if (text == null) {
            return Cell.NULL;
        }
        return switch (kind) {
            case EXACT -> new Cell.Exact(result.getBigDecimal(column));
            case APPROXIMATE -> new Cell.Approximate(result.getDouble(column));
            case FLAG -> new Cell.Flag(result.getBoolean(column));
            case JSON -> new Cell.Json(text);
            case TEXT -> new Cell.Text(text);
        };
    }

    private static Kind kind(int jdbcType, String type) {
        if (SEMI_STRUCTURED.contains(type)) {
            return Kind.JSON;
        }
        return switch (jdbcType) {
            case Types.BIGINT,
                    Types.INTEGER,
                    Types.SMALLINT,
                    Types.TINYINT,
                    Types.DECIMAL,
                    Types.NUMERIC ->
                    Kind.EXACT;
            case Types.DOUBLE, Types.FLOAT, Types.REAL -> Kind.APPROXIMATE;
            case Types.BOOLEAN, Types.BIT -> Kind.FLAG;
            default -> Kind.TEXT;
        };
    }
}
