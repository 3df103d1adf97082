package dev.sfguard.cli.policy;

import dev.sfguard.gateway.proxy.TracedColumn;
import java.util.List;
import java.util.stream.Collectors;

/// Where a result's columns come from, one line for each.
final class LineageText {
    private LineageText() {}

    static String of(List<TracedColumn> columns) {
        return columns.stream().map(LineageText::of).collect(Collectors.joining("\n"));
    }

    private static String of(TracedColumn column) {
        boolean placed = column.place() != 0;
        String place = placed ? column.place() + " " : column.name().isPresent() ? "" : "others ";
        String name = column.name().map(it -> it + " ").orElse("");
        return place + name + origins(column) + masks(column);
    }

    private static String origins(TracedColumn column) {
        if (column.origins().isEmpty()) {
            return column.certain() ? "from no table" : "from what is not known";
        }
        boolean several = column.origins().size() > 1 || column.origins().getFirst().endsWith(".*");
        return "from "
                + (!column.certain() && several ? "any of " : "")
                + String.join(", ", column.origins());
    }

    private static String masks(TracedColumn column) {
        String by = String.join(", ", column.masks());
        if (by.isEmpty()) {
            return "";
        }
        return column.certain() ? ": masked by " + by : ": where masked, by " + by;
    }
}
