package dev.sfguard.gateway.sql;

import org.jspecify.annotations.Nullable;

/// A common table expression, linked to those that are visible besides it.
final class CommonTable {
    final String name;
    final @Nullable CommonTable next;
    final boolean recursive;

    /// Its columns; null while its own query is read.
    @Nullable Outputs outputs;

    /// What its query gives, before the list of its own names; null while that is read.
    @Nullable Outputs body;

    /// The names behind its own; null without a list.
    @Nullable Outputs listed;

    /// All that is read in its query, by place in {@link Reading#uses}.
    Range uses = new Range(0, 0);

    /// It stands in its own query.
    boolean usesItself;

    /// While its own query is read: a branch behind the first is.
    boolean laterBranch;

    CommonTable(String name, boolean recursive, @Nullable CommonTable next) {
        this.name = name;
        this.recursive = recursive;
        this.next = next;
    }
}
