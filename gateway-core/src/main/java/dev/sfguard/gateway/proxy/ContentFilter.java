package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.masking.Masker;
import dev.sfguard.gateway.snowflake.ResultSink;
import dev.sfguard.gateway.snowflake.RowFilter;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/// Masks what the policy's detectors find in the rows of one delivery.
record ContentFilter(Masker masker) implements RowFilter {

    /// How many cells of each column a delivery's filter has masked so far.
    static Map<String, Long> maskedCells(RowFilter filter) {
        return filter instanceof ContentFilter content ? content.masker().maskedCells() : Map.of();
    }

    @Override
    public void columns(List<ResultSink.Column> columns) {
        masker.columns(columns);
    }

    @Override
    public Rows rows(int count, byte[] rows, int offset, int length) throws IOException {
        return masker.rows(count, rows, offset, length);
    }
}
