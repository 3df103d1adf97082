package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.sql.ObjectName;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// What goes to Snowflake in a statement's place.
///
/// @param text the statement's own where nothing is masked
/// @param columns those that are masked in it, by object
record Masked(String text, Map<ObjectName, Set<String>> columns) {

    Masked {
        columns = Map.copyOf(columns);
    }

    static Masked nothing(String text) {
        return new Masked(text, Map.of());
    }

    boolean has(ObjectName object, String column) {
        return columns.getOrDefault(object, Set.of()).contains(column);
    }

    /// `DATABASE.SCHEMA.TABLE.COLUMN` of each.
    Set<String> names() {
        var names = new TreeSet<String>();
        columns.forEach((object, of) -> of.forEach(column -> names.add(object + "." + column)));
        return names;
    }
}
