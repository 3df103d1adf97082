package dev.sfguard.gateway.sql;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The relations that a query's names can mean, and the query around it.
final class Scope {
    final @Nullable Scope parent;
    final List<Source> sources = new ArrayList<>();

    Scope(@Nullable Scope parent) {
        this.parent = parent;
    }
}
