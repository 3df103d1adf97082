package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.masking.Lineage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Where a column of a result comes from.
///
/// @param place from 1; from the result's end, -1 and less; 0 for any place: with a name every
///     column that is called so, without one every other
/// @param name folded; empty where it is not known
/// @param origins `DATABASE.SCHEMA.TABLE.COLUMN`, sorted; `*` for a column that is not known
/// @param masks names of those that stand before an origin, sorted
/// @param certain false: any of the origins, it cannot be told which
public record TracedColumn(
        int place,
        Optional<String> name,
        List<String> origins,
        List<String> masks,
        boolean certain) {
    public TracedColumn {
        origins = List.copyOf(origins);
        masks = List.copyOf(masks);
    }

    /// Those of a part's result, in their order.
    static List<TracedColumn> of(Judge judge, Judgement.Part part) {
        var columns = new ArrayList<TracedColumn>();
        judge.lineage(part).ifPresent(lineage -> add(columns, lineage));
        return columns;
    }

    private static void add(List<TracedColumn> columns, Lineage lineage) {
        for (var column : lineage.head()) {
            columns.add(of(columns.size() + 1, column));
        }
        lineage.spread()
                .filter(it -> !it.named().isEmpty() || !it.others().origins().isEmpty())
                .ifPresent(
                        it -> {
                            new TreeMap<>(it.named())
                                    .values()
                                    .forEach(column -> columns.add(of(0, column)));
                            columns.add(of(0, it.others()));
                        });
        int place = -lineage.tail().size();
        for (var column : lineage.tail()) {
            columns.add(of(place, column));
            place++;
        }
    }

    private static TracedColumn of(int place, Lineage.Column column) {
        return new TracedColumn(
                place,
                column.name(),
                column.origins().stream().map(Object::toString).sorted().toList(),
                column.masks().stream().sorted().toList(),
                column.certain());
    }
}
