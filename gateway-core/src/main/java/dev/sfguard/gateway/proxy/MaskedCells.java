package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.masking.Masker;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingEvent.CellCounts;
import dev.sfguard.gateway.snowflake.RowFilter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Counts the masked cells of a result. In a column that was masked in the statement every cell is,
/// NULL too; in the others those in which a detector found something.
final class MaskedCells {
    private MaskedCells() {}

    static CellCounts of(List<RecordingEvent.Column> columns, long rows, RowFilter filter) {
        var masker = ContentFilter.masker(filter);
        var all = new TreeMap<String, Long>();
        var byMask = new TreeMap<String, Map<String, Long>>();
        for (int i = 0; i < columns.size(); i++) {
            var column = columns.get(i);
            long found = 0;
            if (masker.isPresent()) {
                found = masker.get().maskedCells(i);
            }
            long cells = column.masks().isEmpty() ? found : rows;
            if (cells > 0) {
                all.merge(column.name(), cells, Long::sum);
            }
            for (var mask : column.masks()) {
                byMask.computeIfAbsent(column.name(), _ -> new TreeMap<>())
                        .merge(mask, rows, Long::sum);
            }
        }
        if (rows == 0) {
            byMask.clear();
        }
        return new CellCounts(all, byMask, masker.map(Masker::findings).orElse(Map.of()));
    }
}
