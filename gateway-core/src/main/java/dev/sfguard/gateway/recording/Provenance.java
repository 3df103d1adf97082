package dev.sfguard.gateway.recording;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What the text of a statement tells of its result's columns: which are masked, and which are only
/// called like one that is. Nothing is said of the others.
///
/// @param count of columns; null where it cannot be told
public record Provenance(@Nullable Integer count, List<Entry> columns) {
    public static final Provenance NONE = new Provenance(null, List.of());

    /// One column, or any that fits.
    ///
    /// @param place from 1; from the result's end, -1 and less; 0 for any place
    /// @param name folded; null where it is not known, and without a place where it is any other
    /// @param from `DATABASE.SCHEMA.TABLE.COLUMN` that its values come from
    /// @param masks names of those that stand before these
    /// @param certain false: any of these, it cannot be told which
    public record Entry(
            int place,
            @Nullable String name,
            Set<String> from,
            Set<String> masks,
            boolean certain) {
        public Entry {
            from = Set.copyOf(from);
            masks = Set.copyOf(masks);
        }
    }

    public Provenance {
        columns = List.copyOf(columns);
    }

    /// Whether it can be of a result with these columns.
    public boolean fits(List<String> names) {
        if (count != null && count != names.size()) {
            return false;
        }
        for (var entry : columns) {
            int at = entry.place() < 0 ? names.size() + entry.place() : entry.place() - 1;
            boolean placed = entry.place() != 0;
            if (placed && (at < 0 || at >= names.size())) {
                return false;
            }
            if (placed && entry.name() != null && !entry.name().equalsIgnoreCase(names.get(at))) {
                return false;
            }
        }
        return true;
    }

    /// What is known of one column of a result that it fits.
    ///
    /// @param column from 0
    public Optional<Entry> of(int column, List<String> names) {
        Entry best = null;
        for (var entry : columns) {
            int at = entry.place() < 0 ? names.size() + entry.place() : entry.place() - 1;
            if (entry.place() != 0 && at == column) {
                return Optional.of(entry);
            }
            boolean named = entry.name() != null;
            if (entry.place() == 0 && named && names.get(column).equalsIgnoreCase(entry.name())) {
                best = entry;
            } else if (entry.place() == 0 && !named && best == null) {
                best = entry;
            }
        }
        return Optional.ofNullable(best);
    }

    /// As the recording keeps it.
    public ObjectNode toJson() {
        var json = JsonNodeFactory.instance.objectNode();
        if (count != null) {
            json.put("count", count);
        }
        var list = json.putArray("columns");
        for (var entry : columns) {
            var column = list.addObject();
            if (entry.place() != 0) {
                column.put("place", entry.place());
            }
            if (entry.name() != null) {
                column.put("name", entry.name());
            }
            new TreeSet<>(entry.from()).forEach(column.putArray("from")::add);
            new TreeSet<>(entry.masks()).forEach(column.putArray("masks")::add);
            column.put("certain", entry.certain());
        }
        return json;
    }

    public static Provenance fromJson(@Nullable JsonNode json) {
        if (json == null || !json.isObject()) {
            return NONE;
        }
        var entries = new ArrayList<Entry>();
        for (var column : json.path("columns")) {
            entries.add(
                    new Entry(
                            column.path("place").asInt(),
                            column.path("name").textValue(),
                            texts(column.path("from")),
                            texts(column.path("masks")),
                            column.path("certain").asBoolean()));
        }
        var count = json.get("count");
        return new Provenance(count == null ? null : count.asInt(), entries);
    }

    private static Set<String> texts(JsonNode array) {
        var texts = new TreeSet<String>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
