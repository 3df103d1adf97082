package dev.sfguard.sandbox.engine;

import java.util.List;
import java.util.stream.Collectors;

/// A table of database SHOP: what Snowflake calls its columns and what DuckDB does.
record SampleTable(String name, List<Column> columns, List<String> duckdbTypes) {
    static final List<SampleTable> ALL =
            List.of(
                    new SampleTable(
                            "CUSTOMERS",
                            List.of(
                                    required(Column.fixed("ID", 38, 0)),
                                    varchar("NAME", 100),
                                    varchar("EMAIL", 200),
                                    varchar("SSN", 11),
                                    varchar("CARD_NUMBER", 19),
                                    varchar("CITY", 100),
                                    Column.of("CREATED_AT", "timestamp_ntz")),
                            List.of(
                                    "BIGINT",
                                    "VARCHAR",
                                    "VARCHAR",
                                    "VARCHAR",
                                    "VARCHAR",
                                    "VARCHAR",
                                    "TIMESTAMP")),
                    new SampleTable(
                            "ORDERS",
                            List.of(
                                    required(Column.fixed("ID", 38, 0)),
                                    required(Column.fixed("CUSTOMER_ID", 38, 0)),
                                    Column.fixed("AMOUNT", 12, 2),
                                    varchar("STATUS", 20),
                                    Column.of("PLACED_AT", "timestamp_ntz")),
                            List.of("BIGINT", "BIGINT", "DECIMAL(12,2)", "VARCHAR", "TIMESTAMP")),
                    new SampleTable(
                            "EMPLOYEES",
                            List.of(
                                    required(Column.fixed("ID", 38, 0)),
                                    varchar("NAME", 100),
                                    varchar("DEPT", 50),
                                    Column.fixed("SALARY", 12, 2),
                                    Column.fixed("MANAGER_ID", 38, 0)),
                            List.of("BIGINT", "VARCHAR", "VARCHAR", "DECIMAL(12,2)", "BIGINT")));

    /// The primary key of every sample table.
    static final String KEY = "ID";

    String duckdb() {
        var definition =
                java.util.stream.IntStream.range(0, columns.size())
                        .mapToObj(
                                i ->
                                        columns.get(i).name()
                                                + " "
                                                + duckdbTypes.get(i)
                                                + (columns.get(i).nullable() ? "" : " NOT NULL"))
                        .collect(Collectors.joining(", "));
        return "CREATE TABLE SHOP.PUBLIC.%s (%s)".formatted(name, definition);
    }

    private static Column varchar(String name, int length) {
        return new Column(name, "text", 0, 0, length, true, "");
    }

    private static Column required(Column column) {
        return column.withNullable(false);
    }
}
