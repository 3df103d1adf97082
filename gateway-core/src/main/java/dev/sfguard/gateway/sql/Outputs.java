package dev.sfguard.gateway.sql;

import java.util.LinkedHashSet;
import java.util.Set;

/// The names of a query's result columns, gathered while it is read.
final class Outputs {
    private final Set<String> names = new LinkedHashSet<>();
    private boolean open;

    static Outputs unknown() {
        var outputs = new Outputs();
        outputs.open();
        return outputs;
    }

    void add(String name) {
        names.add(name);
    }

    /// There may be more columns than those named: a star, a function's result.
    void open() {
        open = true;
    }

    boolean isOpen() {
        return open;
    }

    boolean has(String name) {
        return names.contains(name);
    }
}
