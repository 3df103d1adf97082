package dev.sfguard.cli.policy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.sfguard.gateway.proxy.TracedColumn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a result's columns come from, as a list of objects. `column` is the place from 1, negative
/// from the result's end, and null for any place.
final class LineageJson {
    private LineageJson() {}

    static void write(ArrayNode list, List<TracedColumn> columns) {
        for (var column : columns) {
            @Nullable Integer place = column.place() == 0 ? null : column.place();
            var node =
                    list.addObject().put("column", place).put("name", column.name().orElse(null));
            column.origins().forEach(node.putArray("origins")::add);
            column.masks().forEach(node.putArray("masks")::add);
            node.put("certain", column.certain());
        }
    }
}
