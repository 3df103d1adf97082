package dev.sfguard.gateway.sql;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The relations that a query's names can mean, and the query around it.
final class Scope {
    final @Nullable Scope parent;
    final List<Source> sources = new ArrayList<>();

    /// The result of the query whose scope it is.
    @Nullable Outputs outputs;

    /// Relations share columns here, by USING or NATURAL: a star shows them once.
    boolean merged;

    /// Its columns are not told apart any more: every one of every relation is meant.
    boolean coarse;

    Scope(@Nullable Scope parent) {
        this.parent = parent;
    }
}
