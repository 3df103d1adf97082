package dev.sfguard.gateway.sql;

import org.jspecify.annotations.Nullable;

/// A place where a column may be read.
///
/// @param form what stands there
/// @param chain the written name; of a star, its qualifier without the star
record ColumnUse(Scope scope, Form form, @Nullable NameChain chain) {

    /// What stands there.
    enum Form {
        NAME,
        /// A column of USING: every relation's that is joined there.
        JOINED,
        /// `*`, `t.*`, `$1`, `t.$1`, NATURAL JOIN: any column of the relation.
        STAR
    }
}
