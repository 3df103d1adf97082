package dev.sfguard.gateway.proxy;

import java.util.List;

/// What a scripted Snowflake shows in INFORMATION_SCHEMA.
final class ScriptedCatalog {
    private final ScriptedSnowflake snowflake;
    private volatile boolean down;

    ScriptedCatalog(ScriptedSnowflake snowflake) {
        this.snowflake = snowflake;
    }

    void goesDown() {
        down = true;
    }

    /// @param columns with commas between, like the cells of each row
    void shows(String view, String columns, String... rows) {
        snowflake.statements.put(
                "INFORMATION_SCHEMA." + view,
                (_, _) -> {
                    if (down) {
                        return ScriptedSnowflake.error("000603", "internal error", "XX000");
                    }
                    var data = snowflake.rows();
                    var rowtype = data.putArray("rowtype");
                    for (var column : columns.split(",", -1)) {
                        rowtype.addObject().put("name", column).put("type", "text");
                    }
                    var rowset = data.putArray("rowset");
                    for (var row : rows) {
                        var cells = rowset.addArray();
                        List.of(row.split(",")).forEach(cells::add);
                    }
                    return ScriptedSnowflake.bytes(ScriptedSnowflake.ok(data));
                });
    }

    /// SHOP.PUBLIC with tables of these columns: `CUSTOMERS: ID NUMBER, SSN TEXT`.
    void tables(String... tables) {
        var names = List.of(tables).stream().map(it -> it.split(": ", -1)[0]).toList();
        shows(
                "TABLES",
                "TABLE_SCHEMA,TABLE_NAME,TABLE_TYPE",
                names.stream().map(it -> "PUBLIC," + it + ",BASE TABLE").toArray(String[]::new));
        shows(
                "COLUMNS",
                "TABLE_SCHEMA,TABLE_NAME,COLUMN_NAME,DATA_TYPE",
                List.of(tables).stream()
                        .flatMap(
                                table ->
                                        List.of(table.split(": ", -1)[1].split(", ", -1)).stream()
                                                .map(
                                                        column ->
                                                                "PUBLIC,%s,%s"
                                                                        .formatted(
                                                                                table.split(
                                                                                                ": ",
                                                                                                -1)[
                                                                                        0],
                                                                                column.replace(
                                                                                        ' ', ','))))
                        .toArray(String[]::new));
        shows("VIEWS", "TABLE_SCHEMA,TABLE_NAME,VIEW_DEFINITION");
    }
}
