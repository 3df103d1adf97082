package dev.sfguard.cli.policy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.gateway.masking.Lineage;
import java.util.Optional;
import java.util.TreeMap;

/// Where a result's columns come from, as a list of objects. `column` is the place from 1, negative
/// from the result's end, and null for any place.
final class LineageJson {
    private LineageJson() {}

    static void write(ArrayNode list, Optional<Lineage> lineage) {
        lineage.ifPresent(it -> write(list, it));
    }

    private static void write(ArrayNode list, Lineage lineage) {
        int place = 0;
        for (var column : lineage.head()) {
            place++;
            write(list.addObject().put("column", place), column);
        }
        lineage.spread()
                .filter(it -> !it.named().isEmpty() || !it.others().origins().isEmpty())
                .ifPresent(
                        it -> {
                            for (var column : new TreeMap<>(it.named()).values()) {
                                write(list.addObject().putNull("column"), column);
                            }
                            write(list.addObject().putNull("column"), it.others());
                        });
        place = -lineage.tail().size();
        for (var column : lineage.tail()) {
            write(list.addObject().put("column", place), column);
            place++;
        }
    }

    private static void write(ObjectNode node, Lineage.Column column) {
        node.put("name", column.name().orElse(null));
        column.origins().stream()
                .map(Object::toString)
                .sorted()
                .forEach(node.putArray("origins")::add);
        column.masks().stream().sorted().forEach(node.putArray("masks")::add);
        node.put("certain", column.certain());
    }
}
