package dev.sfguard.gateway.sql;

import org.jspecify.annotations.Nullable;

/// A common table expression, linked to those that are visible besides it.
final class CommonTable {
    final String name;
    final @Nullable CommonTable next;
    final boolean recursive;

    /// Its columns; null while its own query is read.
    @Nullable Outputs outputs;

    /// While its own query is read: a branch behind the first is.
    boolean laterBranch;

    CommonTable(String name, boolean recursive, @Nullable CommonTable next) {
        this.name = name;
        this.recursive = recursive;
        this.next = next;
    }
}
