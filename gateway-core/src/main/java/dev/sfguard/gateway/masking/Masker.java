package dev.sfguard.gateway.masking;

import dev.sfguard.gateway.snowflake.ResultSink.Column;
import dev.sfguard.gateway.snowflake.RowFilter;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/// Masks the rows of one result on their way, by what their cells hold. Several threads may give it
/// rows at once, after the columns. It counts, and keeps no value.
public final class Masker implements RowFilter {

    private final Detections detections;
    private final ThreadLocal<RowMasker> workers;
    private List<Column> columns = List.of();
    private CellType[] types = {};
    private int[] hints = {};
    private AtomicLongArray counts = new AtomicLongArray(0);

    public Masker(Detections detections) {
        this.detections = detections;
        this.workers = ThreadLocal.withInitial(() -> new RowMasker(detections));
    }

    @Override
    public void columns(List<Column> columns) {
        this.columns = List.copyOf(columns);
        types = new CellType[columns.size()];
        hints = new int[columns.size()];
        for (int i = 0; i < types.length; i++) {
            types[i] = CellType.of(columns.get(i).type());
            hints[i] = Hints.of(columns.get(i).name());
        }
        counts = new AtomicLongArray(columns.size() * (detections.kinds() + 1));
    }

    /// @return {@link Rows#UNCHANGED} where nothing was found; else bytes that are valid until the
    ///     same thread's next call
    /// @throws IOException when the bytes are not so many rows of the columns: what cannot be read
    ///     must not pass
    @Override
    public Rows rows(int count, byte[] rows, int offset, int length) throws IOException {
        return workers.get().mask(count, rows, offset, length, types, hints, counts);
    }

    /// Cells that were masked, by column; columns without any are not in it.
    public Map<String, Long> maskedCells() {
        var masked = new LinkedHashMap<String, Long>();
        int kinds = detections.kinds();
        for (int i = 0; i < columns.size(); i++) {
            long cells = counts.get(i * (kinds + 1) + kinds);
            if (cells > 0) {
                masked.merge(columns.get(i).name(), cells, Long::sum);
            }
        }
        return masked;
    }

    /// Cells of one column that were masked; none of a column that it does not know.
    ///
    /// @param column from 0
    public long maskedCells(int column) {
        int kinds = detections.kinds();
        return column < columns.size() ? counts.get(column * (kinds + 1) + kinds) : 0;
    }

    /// Cells in which each detector found something, by column and detector. One cell may count for
    /// several.
    public Map<String, Map<String, Long>> findings() {
        var all = new LinkedHashMap<String, Map<String, Long>>();
        int kinds = detections.kinds();
        for (int i = 0; i < columns.size(); i++) {
            for (int kind = 0; kind < kinds; kind++) {
                long cells = counts.get(i * (kinds + 1) + kind);
                if (cells > 0) {
                    all.computeIfAbsent(columns.get(i).name(), _ -> new LinkedHashMap<>())
                            .merge(detections.name(kind), cells, Long::sum);
                }
            }
        }
        return all;
    }
}
