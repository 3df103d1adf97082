package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.sql.Catalog.Column;
import dev.sfguard.gateway.sql.Catalog.Kind;
import dev.sfguard.gateway.sql.ObjectName;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the reader makes of Snowflake's answers.
class CatalogReaderTest {
    private static final ObjectName CUSTOMERS = new ObjectName("SHOP", "PUBLIC", "CUSTOMERS");
    private static final ObjectName TOWNS = new ObjectName("SHOP", "PUBLIC", "TOWNS");

    private ScriptedSnowflake snowflake;
    private Upstream upstream;
    private volatile String role = "";
    private CatalogReader.Limits limits = CatalogReader.Limits.standard();

    @BeforeEach
    void start() throws Exception {
        snowflake = new ScriptedSnowflake();
        upstream =
                new Upstream(
                        new Connection(
                                "shop",
                                snowflake.uri(),
                                "acct",
                                "sfguard",
                                TestGateway.KEYS.getPrivate(),
                                Optional.empty(),
                                Optional.of("SHOP"),
                                Optional.empty()),
                        new UpstreamSettings(
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(5),
                                Duration.ofMillis(10),
                                1),
                        Clock.systemUTC());
        snowflake.statements.put(
                "USE ROLE",
                (call, _) -> {
                    role = call.sql().substring("USE ROLE ".length());
                    snowflake.role = role;
                    return ScriptedSnowflake.bytes(ScriptedSnowflake.ok(snowflake.rows()));
                });
        answer("TABLES", table("CUSTOMERS", "BASE TABLE"), table("TOWNS", "VIEW"));
        answer("COLUMNS", column("CUSTOMERS", "ID", "NUMBER"), column("CUSTOMERS", "SSN", "TEXT"));
        answer("VIEWS", view("TOWNS", "create view towns as select 1"));
    }

    @AfterEach
    void stop() {
        upstream.close();
        snowflake.close();
    }

    private static Map<String, String> table(String name, String type) {
        return Map.of("TABLE_SCHEMA", "PUBLIC", "TABLE_NAME", name, "TABLE_TYPE", type);
    }

    private static Map<String, String> column(String table, String name, String type) {
        return Map.of(
                "TABLE_SCHEMA", "PUBLIC", "TABLE_NAME", table, "COLUMN_NAME", name, "DATA_TYPE", type);
    }

    private static Map<String, String> view(String name, String definition) {
        return Map.of(
                "TABLE_SCHEMA", "PUBLIC", "TABLE_NAME", name, "VIEW_DEFINITION", definition);
    }

    @SafeVarargs
    private void answer(String view, Map<String, String>... rows) {
        snowflake.statements.put(
                "INFORMATION_SCHEMA." + view,
                (_, _) -> ScriptedSnowflake.bytes(ScriptedSnowflake.ok(result(rows))));
    }

    @SafeVarargs
    private ObjectNode result(Map<String, String>... rows) {
        var data = snowflake.rows();
        var names = rows.length == 0 ? java.util.List.<String>of() : rows[0].keySet().stream().toList();
        var rowtype = data.putArray("rowtype");
        names.forEach(name -> rowtype.addObject().put("name", name).put("type", "text"));
        var rowset = data.putArray("rowset");
        for (var row : rows) {
            var cells = rowset.addArray();
            names.forEach(name -> cells.add(row.get(name)));
        }
        return data;
    }

    private Catalog read(String... roles) throws CatalogFailed {
        try (var reader = new CatalogReader(upstream, () -> Set.of(roles), limits)) {
            return reader.read(Set.of("SHOP"));
        }
    }

    @Test
    void tables_columns_and_definitions_come_together() throws Exception {
        var catalog = read("ANALYST_RO");
        assertThat(catalog.databases()).containsExactly("SHOP");
        assertThat(catalog.find(CUSTOMERS).orElseThrow().columns())
                .containsExactly(new Column("ID", "NUMBER"), new Column("SSN", "TEXT"));
        assertThat(catalog.find(CUSTOMERS).orElseThrow().kind()).isEqualTo(Kind.TABLE);
        assertThat(catalog.find(TOWNS).orElseThrow().kind()).isEqualTo(Kind.VIEW);
        assertThat(catalog.find(TOWNS).orElseThrow().definition())
                .isEqualTo("create view towns as select 1");
        assertThat(snowflake.received())
                .contains("SELECT * FROM \"SHOP\".INFORMATION_SCHEMA.TABLES");
    }

    @Test
    void the_picture_holds_what_any_of_the_roles_sees() throws Exception {
        snowflake.statements.put(
                "INFORMATION_SCHEMA.TABLES",
                (_, _) ->
                        ScriptedSnowflake.bytes(
                                ScriptedSnowflake.ok(
                                        role.equals("DBA")
                                                ? result(table("TOWNS", "VIEW"))
                                                : result(table("CUSTOMERS", "BASE TABLE")))));
        assertThat(read("ANALYST_RO", "DBA").relations()).containsOnlyKeys(CUSTOMERS, TOWNS);
        assertThat(snowflake.logins).hasSize(1);
    }

    @Test
    void a_role_that_the_user_does_not_have_hides_nothing_of_the_others() throws Exception {
        var taken = snowflake.statements.get("USE ROLE");
        snowflake.statements.put(
                "USE ROLE",
                (call, exchange) ->
                        call.sql().endsWith("NOT_OURS")
                                ? ScriptedSnowflake.error("003013", "not assigned", "42501")
                                : taken.answer(call, exchange));
        assertThat(read("A_FIRST", "NOT_OURS", "Z_LAST").relations()).containsKey(CUSTOMERS);
        assertThatThrownBy(() -> read("NOT_OURS")).isInstanceOf(CatalogFailed.class);
    }

    @Test
    void a_database_that_no_role_sees_is_not_in_the_picture() throws Exception {
        snowflake.statements.put(
                "INFORMATION_SCHEMA.TABLES",
                (_, _) -> ScriptedSnowflake.error("002003", "does not exist", "02000"));
        assertThat(read("ANALYST_RO").databases()).isEmpty();
    }

    @Test
    void any_other_error_is_no_picture() {
        snowflake.statements.put(
                "INFORMATION_SCHEMA.COLUMNS",
                (_, _) -> ScriptedSnowflake.error("000606", "No active warehouse", "57P03"));
        assertThatThrownBy(() -> read("ANALYST_RO"))
                .isInstanceOf(CatalogFailed.class)
                .hasMessageContaining("No active warehouse");
    }

    @Test
    void a_large_answers_parts_are_fetched_from_where_snowflake_put_them() throws Exception {
        snowflake.paths.put(
                "/part.*",
                (_, _) -> ScriptedSnowflake.text("[\"PUBLIC\",\"CUSTOMERS\",\"SSN\",\"TEXT\"]"));
        snowflake.statements.put(
                "INFORMATION_SCHEMA.COLUMNS",
                (_, _) -> {
                    var data = snowflake.rows(new String[] {"PUBLIC", "CUSTOMERS", "ID", "NUMBER"});
                    var rowtype = data.putArray("rowtype");
                    for (var name : new String[] {"TABLE_SCHEMA", "TABLE_NAME", "COLUMN_NAME", "DATA_TYPE"}) {
                        rowtype.addObject().put("name", name).put("type", "text");
                    }
                    data.putArray("chunks")
                            .addObject()
                            .put("url", snowflake.uri() + "/part1")
                            .put("rowCount", 1)
                            .put("uncompressedSize", 40);
                    return ScriptedSnowflake.bytes(ScriptedSnowflake.ok(data));
                });
        assertThat(read("ANALYST_RO").find(CUSTOMERS).orElseThrow().columns())
                .containsExactly(new Column("ID", "NUMBER"), new Column("SSN", "TEXT"));
    }

    @Test
    void a_slow_answer_is_waited_for() throws Exception {
        var id = ScriptedSnowflake.queryId();
        snowflake.statements.put(
                "INFORMATION_SCHEMA.VIEWS", (_, _) -> ScriptedSnowflake.running(id, "333333"));
        snowflake.paths.put(
                "/queries/" + id + "/result",
                (_, _) ->
                        ScriptedSnowflake.bytes(
                                ScriptedSnowflake.ok(result(view("TOWNS", "create view t as select 2")))));
        assertThat(read("ANALYST_RO").find(TOWNS).orElseThrow().definition())
                .isEqualTo("create view t as select 2");
    }

    @Test
    void a_session_whose_time_is_over_is_replaced() throws Exception {
        try (var reader = new CatalogReader(upstream, () -> Set.of("ANALYST_RO"), limits)) {
            reader.read(Set.of("SHOP"));
            snowflake.tokens.clear();
            snowflake.masters.clear();
            assertThat(reader.read(Set.of("SHOP")).relations()).containsKey(CUSTOMERS);
        }
        assertThat(snowflake.logins).hasSize(2);
    }

    @Test
    void too_much_is_no_picture() {
        limits = new CatalogReader.Limits(1, 1000, Duration.ofSeconds(5));
        assertThatThrownBy(() -> read("ANALYST_RO"))
                .isInstanceOf(CatalogFailed.class)
                .hasMessageContaining("more than 1 columns");
        limits = new CatalogReader.Limits(100, 10, Duration.ofSeconds(5));
        assertThatThrownBy(() -> read("ANALYST_RO")).isInstanceOf(CatalogFailed.class);
    }

    @Test
    void an_answer_that_breaks_off_or_is_no_json_is_no_picture() {
        snowflake.statements.put(
                "INFORMATION_SCHEMA.TABLES", (_, _) -> ScriptedSnowflake.text("{\"data\":{\"rowset\":[[\"A\""));
        assertThatThrownBy(() -> read("ANALYST_RO")).isInstanceOf(CatalogFailed.class);
        snowflake.statements.put(
                "INFORMATION_SCHEMA.TABLES", (_, _) -> ScriptedSnowflake.text("<html>"));
        assertThatThrownBy(() -> read("ANALYST_RO")).isInstanceOf(CatalogFailed.class);
        snowflake.stop();
        assertThatThrownBy(() -> read("ANALYST_RO")).isInstanceOf(CatalogFailed.class);
    }

    @Test
    void whoever_maps_nobody_needs_no_picture() {
        assertThatThrownBy(() -> read()).isInstanceOf(CatalogFailed.class);
        assertThat(snowflake.logins).isEmpty();
    }
}
