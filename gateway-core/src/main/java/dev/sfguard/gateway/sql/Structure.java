package dev.sfguard.gateway.sql;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Where in a statement's own text its relations stand. What constant texts inside of it
/// (EXECUTE IMMEDIATE) and definitions of views touch has no place in it.
///
/// @param complete every object that the statement's objects speak of is either touched by a
///     reference here, or through a view that is one; false for statements inside of texts
/// @param tables in the order of the text
/// @param columns those written with a schema, in the order of the text
/// @param mentions how often a name stands where it could be a relation's, by its last part in
///     upper case; counted from the tokens alone, constants of `IDENTIFIER` and `TABLE` included
/// @param explained how many of these are references, names of common table expressions, or
///     aliases
public record Structure(
        boolean complete,
        List<TableReference> tables,
        List<QualifiedColumn> columns,
        Map<String, Integer> mentions,
        Map<String, Integer> explained) {

    /// Of a statement that was not followed.
    public static final Structure NONE =
            new Structure(false, List.of(), List.of(), Map.of(), Map.of());

    public Structure {
        tables = List.copyOf(tables);
        columns = List.copyOf(columns);
        mentions = Map.copyOf(mentions);
        explained = Map.copyOf(explained);
    }

    /// Every mention of the name is a reference, a definition or an alias that the structure
    /// knows: nothing of that name is left over in the text.
    ///
    /// @param last a name's last part, folded
    public boolean explains(String last) {
        String key = last.toUpperCase(Locale.ROOT);
        return complete && mentions.getOrDefault(key, 0) <= explained.getOrDefault(key, 0);
    }
}
