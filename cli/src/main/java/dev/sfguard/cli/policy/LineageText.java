package dev.sfguard.cli.policy;

import dev.sfguard.gateway.masking.Lineage;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Where a result's columns come from, one line for each.
final class LineageText {
    private LineageText() {}

    static String of(Lineage lineage) {
        var lines = new ArrayList<String>();
        for (var column : lineage.head()) {
            lines.add((lines.size() + 1) + " " + column(column));
        }
        lineage.spread()
                .ifPresent(
                        it -> {
                            boolean any = lines.isEmpty() && lineage.tail().isEmpty();
                            new TreeMap<>(it.named())
                                    .values()
                                    .forEach(column -> lines.add("any " + column(column)));
                            lines.add(
                                    (any && it.named().isEmpty() ? "all " : "others ")
                                            + column(it.others()));
                        });
        int place = -lineage.tail().size();
        for (var column : lineage.tail()) {
            lines.add(place + " " + column(column));
            place++;
        }
        return String.join("\n", lines);
    }

    private static String column(Lineage.Column column) {
        var name = column.name().map(it -> it + " ").orElse("");
        return name + origins(column) + masks(column);
    }

    private static String origins(Lineage.Column column) {
        List<String> origins = column.origins().stream().map(Object::toString).sorted().toList();
        if (origins.isEmpty()) {
            return column.certain() ? "from no table" : "from what is not known";
        }
        boolean any = !column.certain() && (origins.size() > 1 || origins.getFirst().endsWith("*"));
        return "from " + (any ? "any of " : "") + String.join(", ", origins);
    }

    private static String masks(Lineage.Column column) {
        return column.masks().isEmpty()
                ? ""
                : (column.certain() ? ": masked by " : ": where masked, by ")
                        + String.join(", ", column.masks().stream().sorted().toList());
    }
}
