package dev.sfguard.gateway.sql;

import java.util.List;

/// A column that is written with its table's schema: `schema.t.col`, `db.schema.t.col`,
/// `db.schema.t.*`.
///
/// @param names what the written table name may mean
/// @param prefix what stands before the table's own name, its last dot included
/// @param table the table's own name
/// @param column the column or `*`
public record QualifiedColumn(List<ObjectName> names, Span prefix, Span table, Span column) {
    public QualifiedColumn {
        names = List.copyOf(names);
    }
}
