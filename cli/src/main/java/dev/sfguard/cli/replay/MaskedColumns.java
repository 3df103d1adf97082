package dev.sfguard.cli.replay;

import java.util.Collection;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What was masked in a statement, short: `mask CUSTOMERS(EMAIL, SSN)`.
final class MaskedColumns {
    private MaskedColumns() {}

    /// @param columns as `DATABASE.SCHEMA.TABLE.COLUMN`
    /// @return with two spaces before it; empty where nothing was
    static String of(Collection<String> columns) {
        var ofTable = new TreeMap<String, TreeSet<String>>();
        for (String column : columns) {
            int dot = column.lastIndexOf('.');
            String table = column.substring(0, Math.max(dot, 0));
            ofTable.computeIfAbsent(
                            table.substring(table.lastIndexOf('.') + 1), _ -> new TreeSet<>())
                    .add(column.substring(dot + 1));
        }
        return ofTable.isEmpty()
                ? ""
                : ofTable.entrySet().stream()
                        .map(it -> it.getKey() + "(" + String.join(", ", it.getValue()) + ")")
                        .map(ShownText::oneLine)
                        .collect(Collectors.joining(" ", "  mask ", ""));
    }
}
