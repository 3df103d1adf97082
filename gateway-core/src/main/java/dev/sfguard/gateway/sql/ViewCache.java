package dev.sfguard.gateway.sql;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What stands behind the views of the last few catalogs: a definition is analyzed once for each
/// picture of the account. Safe for threads.
final class ViewCache {
    /// Every connection has its own catalog.
    private static final int CATALOGS = 8;

    private record Kept(Catalog catalog, Map<ObjectName, Views.Behind> answers) {}

    private final ArrayDeque<Kept> kept = new ArrayDeque<>();

    // Pictures are compared by what they are: comparing what they hold would cost more than asking.
    @SuppressWarnings("ReferenceEquality")
    synchronized Views.@Nullable Behind get(Catalog catalog, ObjectName name) {
        for (var each : kept) {
            if (each.catalog() == catalog) {
                return each.answers().get(name);
            }
        }
        return null;
    }

    @SuppressWarnings("ReferenceEquality")
    synchronized void put(Catalog catalog, ObjectName name, Views.Behind answer) {
        for (var each : kept) {
            if (each.catalog() == catalog) {
                each.answers().put(name, answer);
                return;
            }
        }
        var answers = new HashMap<ObjectName, Views.Behind>();
        answers.put(name, answer);
        kept.addFirst(new Kept(catalog, answers));
        if (kept.size() > CATALOGS) {
            kept.removeLast();
        }
    }
}
