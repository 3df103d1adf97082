package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.gateway.recording.RecordingEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the gateway does with Snowflake's answers to statements over masked tables.
class MaskedStatementIT {
    private static final String POLICY =
            TestGateway.POLICY
                    + """
                    masks:
                      - {name: pii, columns: [SHOP.PUBLIC.CUSTOMERS.SSN], with: redact}
                    """;
    private static final String SENT =
            "select ssn from (SELECT * REPLACE ('***' AS \"SSN\") FROM"
                    + " \"SHOP\".\"PUBLIC\".\"CUSTOMERS\") AS \"CUSTOMERS\"";

    @TempDir Path folder;
    private ScriptedSnowflake snowflake;
    private TestGateway gateway;
    private TestGateway.Tokens tokens;
    private volatile boolean catalogDown;

    @BeforeEach
    void start() throws Exception {
        snowflake = new ScriptedSnowflake();
        catalog("TABLES", "TABLE_SCHEMA,TABLE_NAME,TABLE_TYPE", "PUBLIC,CUSTOMERS,BASE TABLE");
        catalog(
                "COLUMNS",
                "TABLE_SCHEMA,TABLE_NAME,COLUMN_NAME,DATA_TYPE",
                "PUBLIC,CUSTOMERS,ID,NUMBER",
                "PUBLIC,CUSTOMERS,SSN,TEXT");
        catalog("VIEWS", "TABLE_SCHEMA,TABLE_NAME,VIEW_DEFINITION");
        gateway = new TestGateway(folder, snowflake, TestGateway.settings(), POLICY);
        tokens = gateway.login();
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
        snowflake.close();
    }

    private void catalog(String view, String columns, String... rows) {
        snowflake.statements.put(
                "INFORMATION_SCHEMA." + view,
                (_, _) -> {
                    if (catalogDown) {
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

    private void answers(String text, ObjectNode data) {
        snowflake.statements.put(
                text, (_, _) -> ScriptedSnowflake.bytes(ScriptedSnowflake.ok(data)));
    }

    private List<String> clients() {
        return snowflake.received().stream()
                .filter(sql -> !sql.contains("INFORMATION_SCHEMA"))
                .toList();
    }

    private long catalogReads() {
        return snowflake.received().stream()
                .filter(sql -> sql.contains("INFORMATION_SCHEMA.TABLES"))
                .count();
    }

    private JsonNode query(String sql) throws Exception {
        return gateway.query(tokens, sql);
    }

    @Test
    void the_masked_text_goes_upstream_also_for_a_describe() throws Exception {
        assertThat(query("select ssn from customers").path("success").asBoolean()).isTrue();
        var describe = TestGateway.body("select ssn from customers").put("describeOnly", true);
        gateway.query(tokens, UUID.randomUUID().toString(), describe);
        assertThat(clients()).containsExactly(SENT, SENT);
        assertThat(gateway.events(RecordingEvent.Sent.class).getFirst().text()).isEqualTo(SENT);
        assertThat(gateway.events(RecordingEvent.Decided.class).getFirst().masked())
                .containsExactly("SHOP.PUBLIC.CUSTOMERS.SSN");
    }

    @Test
    void a_result_whose_column_should_have_been_masked_is_withheld() throws Exception {
        var data = snowflake.rows(new String[] {"901-22-3333"});
        var column = (ObjectNode) data.path("rowtype").path(0);
        column.put("name", "SSN").put("database", "SHOP").put("schema", "PUBLIC");
        column.put("table", "CUSTOMERS");
        answers("select id as ssn", data);

        var answer = query("select id as ssn from customers");

        assertThat(answer.path("success").asBoolean()).isFalse();
        assertThat(answer.path("message").asText()).contains("withheld");
        assertThat(answer.toString()).doesNotContain("901-22-3333");
        assertThat(gateway.events(RecordingEvent.Failed.class)).hasSize(1);
        assertThat(gateway.events(RecordingEvent.Rows.class)).isEmpty();
    }

    @Test
    void a_result_that_was_withheld_cannot_be_scanned_either() throws Exception {
        var data = snowflake.rows(new String[] {"901-22-3333"});
        var column = (ObjectNode) data.path("rowtype").path(0);
        column.put("name", "SSN").put("database", "SHOP").put("schema", "PUBLIC");
        column.put("table", "CUSTOMERS");
        answers("select id as ssn", data);
        query("select id as ssn from customers");

        var scan = query("select * from table(result_scan(last_query_id()))");

        assertThat(scan.path("code").asText()).isEqualTo("390111");
        assertThat(snowflake.received()).noneMatch(sql -> sql.contains("result_scan"));
    }

    @Test
    void a_column_that_was_masked_may_say_where_it_comes_from() throws Exception {
        var data = snowflake.rows(new String[] {"***"});
        var column = (ObjectNode) data.path("rowtype").path(0);
        column.put("name", "SSN").put("database", "SHOP").put("schema", "PUBLIC");
        column.put("table", "CUSTOMERS");
        answers("select ssn from", data);
        assertThat(query("select ssn from customers").path("success").asBoolean()).isTrue();
    }

    @Test
    void an_error_that_may_quote_values_is_withheld_and_one_of_compilation_is_not()
            throws Exception {
        snowflake.statements.put(
                "to_number",
                (_, _) ->
                        ScriptedSnowflake.error(
                                "100038",
                                "Numeric value '901-22-3333' is not recognized",
                                "22018"));
        var answer = query("select to_number(ssn) from customers");
        assertThat(answer.path("code").asText()).isEqualTo("100038");
        assertThat(answer.toString()).doesNotContain("901-22-3333").contains("withheld");
        snowflake.statements.put(
                "nope",
                (_, _) ->
                        ScriptedSnowflake.error(
                                "000904",
                                "SQL compilation error: invalid identifier 'NOPE'",
                                "42000"));
        assertThat(query("select nope, ssn from customers").path("message").asText())
                .contains("invalid identifier 'NOPE'");
    }

    @Test
    void what_is_withheld_of_an_error_is_not_told_by_the_query_s_status_either() throws Exception {
        var id = ScriptedSnowflake.queryId();
        snowflake.statements.put("to_number", (_, _) -> ScriptedSnowflake.running(id, "333334"));
        var status = ScriptedSnowflake.ok(null);
        var told =
                status.putObject("data")
                        .putArray("queries")
                        .addObject()
                        .put("id", id)
                        .put("status", "FAILED_WITH_ERROR")
                        .put("sqlText", "select '***' as what_is_behind")
                        .put("sessionId", 4711)
                        .put("errorMessage", "Numeric value '901-22-3333' is not recognized");
        told.putObject("stats").put("anything", 1);
        snowflake.paths.put("/monitoring/queries/.*", (_, _) -> ScriptedSnowflake.bytes(status));
        var async = TestGateway.body("select to_number(ssn) from customers");
        async.put("asyncExec", true);
        gateway.query(tokens, UUID.randomUUID().toString(), async);

        var shown = gateway.get("/monitoring/queries/" + id, tokens.token());

        var query = shown.path("data").path("queries").path(0);
        assertThat(query.path("status").asText()).isEqualTo("FAILED_WITH_ERROR");
        assertThat(query.path("errorMessage").asText()).contains("withheld");
        assertThat(shown.toString())
                .doesNotContain("901-22-3333")
                .doesNotContain("what_is_behind")
                .doesNotContain("4711")
                .doesNotContain("stats");
    }

    @Test
    void an_answer_from_another_schema_than_the_decision_was_made_for_is_withheld()
            throws Exception {
        var data = snowflake.rows(new String[] {"901-22-3333"});
        data.put("finalSchemaName", "OTHER");
        answers("select ssn from", data);
        var answer = query("select ssn from customers");
        assertThat(answer.path("success").asBoolean()).isFalse();
        assertThat(answer.toString()).doesNotContain("901-22-3333");
    }

    @Test
    void while_a_use_is_on_its_way_no_bare_name_means_anything() throws Exception {
        query("select ssn from customers");
        var here = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        snowflake.statements.put(
                "use schema other",
                (_, _) -> {
                    here.countDown();
                    assertThat(go.await(10, TimeUnit.SECONDS)).isTrue();
                    var data = snowflake.rows(new String[] {"done"});
                    data.put("finalSchemaName", "OTHER");
                    return ScriptedSnowflake.bytes(ScriptedSnowflake.ok(data));
                });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var use = threads.submit(() -> query("use schema other"));
            assertThat(here.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(query("select id from customers").path("success").asBoolean()).isFalse();
            assertThat(query("select id from shop.public.customers").path("success").asBoolean())
                    .isTrue();
            go.countDown();
            assertThat(use.get().path("success").asBoolean()).isTrue();
        }
    }

    @Test
    void after_ddl_the_next_statement_is_decided_with_a_new_picture() throws Exception {
        query("select ssn from customers");
        assertThat(catalogReads()).isEqualTo(1);
        query("create table t (a int)");
        catalog(
                "TABLES",
                "TABLE_SCHEMA,TABLE_NAME,TABLE_TYPE",
                "PUBLIC,CUSTOMERS,BASE TABLE",
                "PUBLIC,T,BASE TABLE");
        query("create table u (a int)");
        assertThat(query("select a from t").path("success").asBoolean()).isTrue();
        assertThat(catalogReads()).isGreaterThan(1);
    }

    @Test
    void without_a_catalog_what_reads_tables_is_refused_and_the_rest_is_not() throws Exception {
        catalogDown = true;
        var refused = query("select id from customers");
        assertThat(refused.path("success").asBoolean()).isFalse();
        assertThat(refused.path("message").asText()).contains("CUSTOMERS");
        assertThat(query("select 1").path("success").asBoolean()).isTrue();
        assertThat(clients()).containsExactly("select 1");
    }
}
