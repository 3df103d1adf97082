package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.policy.Masks.ColumnMask;
import dev.sfguard.gateway.recording.Provenance;
import dev.sfguard.gateway.sql.ObjectName;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What goes to Snowflake in a statement's place.
///
/// @param text the statement's own where nothing is masked
/// @param columns those that are masked in it, by object
/// @param provenance what that means for the columns of its result
record Masked(
        String text, Map<ObjectName, Map<String, ColumnMask>> columns, Provenance provenance) {

    Masked {
        columns = Map.copyOf(columns);
    }

    static Masked nothing(String text) {
        return new Masked(text, Map.of(), Provenance.NONE);
    }

    /// `DATABASE.SCHEMA.TABLE.COLUMN` of each, by the name of its mask.
    Map<String, Set<String>> masks() {
        var masks = new TreeMap<String, Set<String>>();
        columns.forEach(
                (object, of) ->
                        of.forEach(
                                (column, mask) ->
                                        masks.computeIfAbsent(mask.rule(), _ -> new TreeSet<>())
                                                .add(object + "." + column)));
        return masks;
    }
}
