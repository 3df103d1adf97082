package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.masking.Masker;
import dev.sfguard.gateway.snowflake.ResultSink;
import dev.sfguard.gateway.snowflake.RowFilter;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Masks what the policy's detectors find in the rows of one delivery.
record ContentFilter(Masker masker) implements RowFilter {

    /// What has masked the cells of a delivery so far; empty where nothing looks at them.
    static Optional<Masker> masker(RowFilter filter) {
        return filter instanceof ContentFilter content
                ? Optional.of(content.masker())
                : Optional.empty();
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
