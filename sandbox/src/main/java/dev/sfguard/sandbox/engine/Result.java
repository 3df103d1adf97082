package dev.sfguard.sandbox.engine;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a statement gave.
///
/// @param typeId Snowflake's number for the kind of statement
/// @param rows cells as on the wire: text or null
/// @param dml rows inserted, updated and deleted, by the names of the reply's `stats`
/// @param binds how many binds the statement has
/// @param children the results of the statements, when there were several
public record Result(
        int typeId,
        List<Column> columns,
        List<@Nullable String[]> rows,
        Optional<Map<String, Long>> dml,
        int binds,
        boolean arrayBinds,
        List<Result> children) {

    static final int SELECT = 0x1000;
    static final int INSERT = 0x3100;
    static final int UPDATE = 0x3200;
    static final int DELETE = 0x3300;
    static final int MERGE = 0x3400;
    static final int MULTI_INSERT = 0x3500;
    static final int SCL = 0x4000;
    static final int ALTER_SESSION = 0x4100;
    static final int USE = 0x4300;
    static final int SHOW = 0x4400;
    static final int DESCRIBE = 0x4500;
    static final int TRANSACTION = 0x5000;
    static final int DDL = 0x6000;
    static final int MULTI = 0xA000;

    static Result of(int typeId, List<Column> columns, List<@Nullable String[]> rows) {
        return new Result(typeId, columns, rows, Optional.empty(), 0, false, List.of());
    }

    static Result status(int typeId, String message) {
        return of(
                typeId, List.of(Column.text("status")), List.<@Nullable String[]>of(row(message)));
    }

    static Result done(int typeId) {
        return status(typeId, "Statement executed successfully.");
    }

    static Result several(List<Result> children) {
        return new Result(
                MULTI,
                List.of(Column.text("multiple statement execution")),
                List.<@Nullable String[]>of(row("Multiple statements executed successfully.")),
                Optional.empty(),
                0,
                false,
                children);
    }

    static @Nullable String[] row(@Nullable String... cells) {
        return cells;
    }

    Result withBinds(int count, boolean arrays) {
        return new Result(typeId, columns, rows, dml, count, arrays, children);
    }

    /// Whether it changed rows: its one row of counts is then no result set for drivers.
    boolean isDml() {
        return typeId >= 0x3000 && typeId < 0x4000;
    }
}
