package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.ObjectAccess.Mode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Gathers accesses: one for each object and mode, with all columns that are concerned.
final class Accesses {
    private record Key(ObjectName object, Mode mode) {}

    private static final class Columns {
        final Set<String> names = new HashSet<>();
        boolean every;
    }

    private final Map<Key, Columns> found = new LinkedHashMap<>();

    void add(ObjectName object, Mode mode, Set<String> columns, boolean every) {
        var of = found.computeIfAbsent(new Key(object, mode), _ -> new Columns());
        of.names.addAll(columns);
        of.every |= every;
    }

    void add(ObjectAccess access) {
        add(access.object(), access.mode(), access.columns(), access.everyColumn());
    }

    List<ObjectAccess> list() {
        var accesses = new ArrayList<ObjectAccess>(found.size());
        found.forEach(
                (key, of) ->
                        accesses.add(
                                new ObjectAccess(key.object(), key.mode(), of.names, of.every)));
        return accesses;
    }
}
