package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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

/// A statement is decided for the schema and the role in which Snowflake will run it, whatever the
/// client does meanwhile. PUBLIC.CUSTOMERS is masked, OTHER.CUSTOMERS is not.
class FootingIT {
    private static final String POLICY =
            TestGateway.POLICY
                    + """
                      - name: reports-only
                        match: {statement: [DELETE], role: REPORTING}
                        effect: block
                    masks:
                      - {name: pii, columns: [SHOP.PUBLIC.CUSTOMERS.SSN], with: redact}
                    """;

    private static final String BARE = "select ssn from customers";

    @TempDir Path folder;
    private ScriptedSnowflake snowflake;
    private TestGateway gateway;
    private TestGateway.Tokens tokens;

    @BeforeEach
    void start() throws Exception {
        snowflake = new ScriptedSnowflake();
        catalog(
                "TABLES",
                "TABLE_SCHEMA,TABLE_NAME,TABLE_TYPE",
                "PUBLIC,CUSTOMERS,BASE TABLE",
                "OTHER,CUSTOMERS,BASE TABLE");
        catalog(
                "COLUMNS",
                "TABLE_SCHEMA,TABLE_NAME,COLUMN_NAME,DATA_TYPE",
                "PUBLIC,CUSTOMERS,SSN,TEXT",
                "OTHER,CUSTOMERS,SSN,TEXT");
        catalog("VIEWS", "TABLE_SCHEMA,TABLE_NAME,VIEW_DEFINITION");
        answers("use schema other", () -> snowflake.schema = "OTHER");
        answers("use schema public", () -> snowflake.schema = "PUBLIC");
        answers("use role reporting", () -> snowflake.role = "REPORTING");
        answers("use role analyst_ro", () -> snowflake.role = "ANALYST_RO");
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

    private void answers(String text, Runnable does) {
        snowflake.statements.put(
                text,
                (_, _) -> {
                    does.run();
                    return ScriptedSnowflake.bytes(ScriptedSnowflake.ok(done()));
                });
    }

    private ObjectNode done() {
        return snowflake.rows(new String[] {"done"});
    }

    private JsonNode query(String sql) throws Exception {
        return gateway.query(tokens, sql);
    }

    private JsonNode several(String sql) throws Exception {
        var body = TestGateway.body(sql);
        body.putObject("parameters").put("MULTI_STATEMENT_COUNT", 0);
        return gateway.query(tokens, UUID.randomUUID().toString(), body);
    }

    private void goes(String sql) throws Exception {
        assertThat(query(sql).path("success").asBoolean()).as(sql).isTrue();
    }

    private boolean wentInTheClear() {
        return snowflake.received().contains(BARE);
    }

    /// Two results of one request, each to be fetched by its own id.
    private String childOf(String sql) throws Exception {
        var first = ScriptedSnowflake.queryId();
        var data = done().put("resultIds", first + "," + ScriptedSnowflake.queryId());
        data.put("resultTypes", "4096,4096");
        snowflake.statements.put(
                "two", (_, _) -> ScriptedSnowflake.bytes(ScriptedSnowflake.ok(data)));
        assertThat(several(sql).path("success").asBoolean()).isTrue();
        var old = ScriptedSnowflake.bytes(ScriptedSnowflake.ok(done()));
        snowflake.paths.put("/queries/" + first + "/result", (_, _) -> old);
        return first;
    }

    @Test
    void a_result_of_long_ago_does_not_take_the_session_back_to_its_schema() throws Exception {
        goes("use schema other");
        var old = childOf("/* two */ select 1; select 2");
        goes("use schema public");
        gateway.get("/queries/" + old + "/result", tokens.token());
        query(BARE);
        assertThat(wentInTheClear()).isFalse();
    }

    @Test
    void a_result_of_long_ago_does_not_take_the_session_back_to_its_role() throws Exception {
        var old = childOf("/* two */ select 1; select 2");
        goes("use role reporting");
        gateway.get("/queries/" + old + "/result", tokens.token());
        assertThat(query("delete from customers").path("message").asText())
                .contains("reports-only");
    }

    @Test
    void a_use_before_a_statement_that_fails_has_moved_the_session() throws Exception {
        failBehindUse();
        query(BARE);
        assertThat(wentInTheClear()).isFalse();
    }

    private void failBehindUse() throws Exception {
        goes("use schema other");
        snowflake.statements.put(
                "fails",
                (_, _) -> {
                    snowflake.schema = "PUBLIC";
                    return ScriptedSnowflake.error("100051", "Division by zero", "22012");
                });
        several("use schema shop.public; select 1 / 0 as fails");
    }

    @Test
    void a_use_of_a_role_before_a_statement_that_fails_has_moved_the_session() throws Exception {
        snowflake.statements.put(
                "fails",
                (_, _) -> {
                    snowflake.role = "REPORTING";
                    return ScriptedSnowflake.error("100051", "Division by zero", "22012");
                });
        several("use role REPORTING; select 1 / 0 as fails");
        assertThat(query("delete from shop.public.customers").path("message").asText())
                .contains("reports-only");
    }

    @Test
    void the_answer_to_the_next_statement_tells_where_the_session_is() throws Exception {
        failBehindUse();
        goes("select 1");
        goes(BARE);
        assertThat(snowflake.received().getLast()).contains("REPLACE");
        assertThat(wentInTheClear()).isFalse();
    }

    @Test
    void a_role_that_is_taken_within_the_request_counts_for_what_follows() throws Exception {
        var refused = several("use role reporting; delete from customers");
        assertThat(refused.path("message").asText()).contains("reports-only");
        assertThat(snowflake.received()).noneMatch(sql -> sql.contains("delete"));
    }

    @Test
    void no_use_overtakes_a_statement_that_was_decided_before_it() throws Exception {
        goes("use schema other");
        var here = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        snowflake.statements.put(
                "slow",
                (_, _) -> {
                    here.countDown();
                    assertThat(go.await(10, TimeUnit.SECONDS)).isTrue();
                    return ScriptedSnowflake.bytes(ScriptedSnowflake.ok(done()));
                });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var slow = threads.submit(() -> query("/* slow */ delete from customers"));
            assertThat(here.await(10, TimeUnit.SECONDS)).isTrue();

            var refused = query("use schema public");

            assertThat(refused.path("success").asBoolean()).isFalse();
            assertThat(refused.path("message").asText()).contains("Run it again");
            assertThat(snowflake.received()).doesNotContain("use schema public");
            go.countDown();
            assertThat(slow.get().path("success").asBoolean()).isTrue();
        }
        goes("use schema public");
    }

    @Test
    void a_use_waits_for_the_answer_to_what_was_decided_before_it() throws Exception {
        goes("use schema other");
        var here = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        snowflake.statements.put(
                "slow",
                (_, _) -> {
                    here.countDown();
                    assertThat(go.await(10, TimeUnit.SECONDS)).isTrue();
                    return ScriptedSnowflake.bytes(ScriptedSnowflake.ok(done()));
                });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var slow = threads.submit(() -> query("/* slow */ delete from customers"));
            assertThat(here.await(10, TimeUnit.SECONDS)).isTrue();
            var use = threads.submit(() -> query("use schema public"));
            go.countDown();
            assertThat(slow.get().path("success").asBoolean()).isTrue();
            assertThat(use.get().path("success").asBoolean()).isTrue();
        }
        goes(BARE);
        assertThat(wentInTheClear()).isFalse();
    }

    @Test
    void two_that_moved_side_by_side_leave_it_open_where_the_session_is() throws Exception {
        var here = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        snowflake.statements.put(
                "use schema shop.other",
                (_, _) -> {
                    var late = done().put("finalSchemaName", "OTHER");
                    here.countDown();
                    assertThat(go.await(10, TimeUnit.SECONDS)).isTrue();
                    return ScriptedSnowflake.bytes(ScriptedSnowflake.ok(late));
                });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var one = threads.submit(() -> query("use schema shop.other"));
            assertThat(here.await(10, TimeUnit.SECONDS)).isTrue();
            goes("use schema shop.public");
            go.countDown();
            assertThat(one.get().path("success").asBoolean()).isTrue();
        }
        query(BARE);
        assertThat(wentInTheClear()).isFalse();
    }
}
