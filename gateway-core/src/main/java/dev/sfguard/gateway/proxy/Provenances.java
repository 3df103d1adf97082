package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.masking.Lineage;
import dev.sfguard.gateway.recording.Provenance;
import dev.sfguard.gateway.recording.Provenance.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Keeps of a statement's lineage what matters when its result comes, and when somebody reads its
/// recording.
final class Provenances {
    private final Protection protection;
    private final List<Entry> entries = new ArrayList<>();

    private Provenances(Protection protection) {
        this.protection = protection;
    }

    static Provenance of(Lineage lineage, Protection protection) {
        var kept = new Provenances(protection);
        int place = 0;
        for (var column : lineage.head()) {
            place++;
            kept.add(place, column);
        }
        place = -lineage.tail().size();
        for (var column : lineage.tail()) {
            kept.add(place, column);
            place++;
        }
        lineage.spread().ifPresent(kept::add);
        return kept.entries.isEmpty()
                ? Provenance.NONE
                : new Provenance(
                        lineage.spread().isPresent() ? null : lineage.head().size(), kept.entries);
    }

    private void add(int place, Lineage.Column column) {
        if (!column.masks().isEmpty() || isCalledLikeMasked(column)) {
            entries.add(entry(place, column));
        }
    }

    private void add(Lineage.Spread spread) {
        boolean masked = !spread.others().masks().isEmpty();
        for (var column : new TreeMap<>(spread.named()).values()) {
            if (masked) {
                // Else it would pass for one of the others.
                entries.add(entry(0, column));
            } else {
                add(0, column);
            }
        }
        if (masked) {
            entries.add(entry(0, spread.others()));
        }
    }

    private boolean isCalledLikeMasked(Lineage.Column column) {
        return column.name()
                .map(
                        name ->
                                column.origins().stream()
                                        .anyMatch(
                                                it ->
                                                        protection
                                                                .maskOf(it.object(), name)
                                                                .isPresent()))
                .orElse(false);
    }

    private static Entry entry(int place, Lineage.Column column) {
        return new Entry(
                place,
                column.name().orElse(null),
                column.origins().stream().map(Object::toString).collect(Collectors.toSet()),
                column.masks(),
                column.certain());
    }
}
