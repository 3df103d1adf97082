package dev.sfguard.cli.output;

import java.util.List;

/// Writes rows as they come. {@link #begin} once, {@link #row} for each, {@link #end} once.
public interface RowPrinter {

    void begin(List<Column> columns);

    /// @param cells as many as there are columns
    void row(List<Cell> cells);

    void end();
}
