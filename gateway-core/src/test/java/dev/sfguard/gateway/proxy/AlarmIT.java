package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.Analyzer;
import dev.sfguard.gateway.sql.Objects;
import dev.sfguard.gateway.sql.Statement;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which columns of a result are known to be masked, and which must not be in it: before and after
/// a restart.
class AlarmIT {
    private static final String POLICY =
            TestGateway.POLICY
                    + """
                    masks:
                      - {name: pii, columns: [SHOP.PUBLIC.CUSTOMERS.SSN], with: redact}
                      - {name: pay, columns: [SHOP.PUBLIC.EMPLOYEES.SALARY], with: redact}
                    """;

    /// What stands in an answer that must not reach anybody.
    private static final String RAW = "901-22-3333";

    @TempDir Path folder;
    private ScriptedSnowflake snowflake;
    private TestGateway gateway;
    private TestGateway.Tokens tokens;

    /// On a busy machine the first text may take longer than a gateway waits for it.
    @BeforeAll
    static void warmUp() throws Exception {
        try (var analyzer = new Analyzer()) {
            var statement = new Statement("select a from s.public.t", 0);
            Await.until(
                    () ->
                            analyzer.analyze(statement) instanceof Analysis.Understood understood
                                    && understood.objects() instanceof Objects.Known);
        }
    }

    @BeforeEach
    void start() throws Exception {
        snowflake = new ScriptedSnowflake();
        new ScriptedCatalog(snowflake)
                .tables(
                        "CUSTOMERS: ID NUMBER, SSN TEXT, CITY TEXT",
                        "EMPLOYEES: ID NUMBER, SALARY NUMBER",
                        "ORDERS: ID NUMBER");
        gateway = new TestGateway(folder, snowflake, TestGateway.settings(), POLICY);
        tokens = gateway.login();
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
        snowflake.close();
    }

    private void restart() throws Exception {
        gateway.stop();
        gateway.start();
    }

    /// Two rows of columns that Snowflake says come from a table, `SSN CUSTOMERS`, or from none.
    private ObjectNode result(String... columns) {
        var row = new String[columns.length];
        java.util.Arrays.fill(row, RAW);
        var data = snowflake.rows(row, row);
        for (int i = 0; i < columns.length; i++) {
            var words = columns[i].split(" ", -1);
            var column = (ObjectNode) data.path("rowtype").path(i);
            column.put("name", words[0]);
            if (words.length > 1) {
                column.put("database", "SHOP").put("schema", "PUBLIC").put("table", words[1]);
            }
        }
        return data;
    }

    /// Every statement of the client is answered like this.
    private void answers(ObjectNode data) {
        snowflake.statements.put(
                "select", (_, _) -> ScriptedSnowflake.bytes(ScriptedSnowflake.ok(data)));
    }

    private JsonNode query(String sql) throws Exception {
        return gateway.query(tokens, sql);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "select id as ssn from customers | SSN CUSTOMERS",
                "select city ssn, id from customers | SSN CUSTOMERS, ID CUSTOMERS",
                "select * exclude (ssn) rename (city as ssn) from customers | ID CUSTOMERS, SSN CUSTOMERS",
                "select salary as ssn, id from employees | SSN EMPLOYEES, ID EMPLOYEES",
                "with w as (select city as ssn from customers) select ssn from w | SSN CUSTOMERS",
                "select city as ssn from customers union all select 'x' | SSN CUSTOMERS",
                "select ssn, id as ssn from customers | SSN CUSTOMERS, SSN CUSTOMERS",
            })
    void a_column_that_is_only_called_like_a_masked_one_passes(String sql, String columns)
            throws Exception {
        answers(result(columns.split(", ", -1)));
        assertThat(query(sql).path("success").asBoolean()).isTrue();
        assertThat(gateway.events(RecordingEvent.Alarm.class)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // Other names, other places, and more columns than the text says.
                "select id from customers | SSN CUSTOMERS",
                "select id, city as ssn from customers | SSN CUSTOMERS, CITY CUSTOMERS",
                "select id as ssn from customers | SSN CUSTOMERS, CITY CUSTOMERS",
                // From a table that the statement does not read.
                "select id from orders | ID CUSTOMERS",
                "select id as ssn from orders | SSN CUSTOMERS",
                "select id as ssn from customers | SSN EMPLOYEES",
                "select 1 as x | SALARY EMPLOYEES",
                // A name that only the other table explains.
                "select o.id as ssn, c.id from orders o, customers c | SSN CUSTOMERS, ID CUSTOMERS",
            })
    void a_column_that_the_statement_does_not_explain_withholds_the_result(
            String sql, String columns) throws Exception {
        answers(result(columns.split(", ", -1)));

        var answer = query(sql);

        assertThat(answer.path("code").asText()).isEqualTo("098011");
        assertThat(answer.path("message").asText()).contains("withheld");
        assertThat(answer.toString()).doesNotContain(RAW);
        assertThat(gateway.events(RecordingEvent.Rows.class)).isEmpty();
        assertThat(gateway.events(RecordingEvent.Ended.class)).isEmpty();
        assertThat(gateway.events(RecordingEvent.Failed.class)).hasSize(1);
        assertThat(gateway.events(RecordingEvent.Alarm.class)).hasSize(1);
    }

    @Test
    void an_alarm_says_what_came_from_where_and_counts_as_blocked() throws Exception {
        answers(result("SSN CUSTOMERS"));
        query("select id from customers");
        assertThat(gateway.events(RecordingEvent.Alarm.class))
                .containsExactly(
                        new RecordingEvent.Alarm(
                                1,
                                1,
                                "SSN",
                                "SHOP.PUBLIC.CUSTOMERS",
                                "pii",
                                "the result's column SSN comes from SHOP.PUBLIC.CUSTOMERS, where it is masked for you"));
        var session = gateway.events(RecordingEvent.Opened.class).getFirst().session();
        var detail = gateway.recordings().find(session).orElseThrow();
        assertThat(detail.summary().blocked()).isEqualTo(1);
        assertThat(detail.statements().getFirst().state()).isEqualTo("blocked");
        assertThat(detail.statements().getFirst().rule()).contains("pii");
    }

    @Test
    void the_recording_says_which_cells_were_masked_and_by_which_mask() throws Exception {
        answers(result("ID CUSTOMERS", "S", "X"));

        query("select id, ssn as s, ssn || city x from customers");

        var decided = gateway.events(RecordingEvent.Decided.class).getFirst();
        assertThat(decided.masks()).isEqualTo(Map.of("pii", Set.of("SHOP.PUBLIC.CUSTOMERS.SSN")));
        assertThat(decided.result().count()).isEqualTo(3);
        assertThat(decided.result().columns()).hasSize(2);
        assertThat(gateway.events(RecordingEvent.Columns.class).getFirst().columns())
                .containsExactly(
                        new RecordingEvent.Column("ID", "text"),
                        new RecordingEvent.Column("S", "text", Set.of("pii"), true),
                        new RecordingEvent.Column("X", "text", Set.of("pii"), true));
        var masked = gateway.events(RecordingEvent.Ended.class).getFirst().masked();
        assertThat(masked.cells()).isEqualTo(Map.of("S", 2L, "X", 2L));
        assertThat(masked.masks())
                .isEqualTo(Map.of("S", Map.of("pii", 2L), "X", Map.of("pii", 2L)));
    }

    @Test
    void where_the_result_is_not_as_foreseen_any_column_may_be_masked() throws Exception {
        answers(result("A", "B"));
        query("select ssn from customers");
        assertThat(gateway.events(RecordingEvent.Columns.class).getFirst().columns())
                .containsExactly(
                        new RecordingEvent.Column("A", "text", Set.of("pii"), false),
                        new RecordingEvent.Column("B", "text", Set.of("pii"), false));
        assertThat(gateway.events(RecordingEvent.Ended.class).getFirst().masked().sum())
                .isEqualTo(4);
    }

    // ---- after a restart

    private String later(String sql, ObjectNode data) throws Exception {
        var id = ScriptedSnowflake.queryId();
        snowflake.statements.put("select", (_, _) -> ScriptedSnowflake.running(id, "333333"));
        snowflake.paths.put(
                "/queries/" + id + "/result",
                (_, _) -> ScriptedSnowflake.bytes(ScriptedSnowflake.ok(data.put("queryId", id))));
        assertThat(query(sql).path("code").asText()).isEqualTo("333333");
        return "/queries/" + id + "/result";
    }

    @Test
    void after_a_restart_masked_columns_pass_and_are_counted() throws Exception {
        var url =
                later("select ssn, city from customers", result("SSN CUSTOMERS", "CITY CUSTOMERS"));
        restart();
        assertThat(gateway.get(url, tokens.token()).path("success").asBoolean()).isTrue();
        assertThat(gateway.events(RecordingEvent.Ended.class).getFirst().masked().masks())
                .isEqualTo(Map.of("SSN", Map.of("pii", 2L)));
    }

    @Test
    void after_a_restart_a_column_that_is_only_called_like_a_masked_one_passes() throws Exception {
        var url = later("select id as ssn from customers", result("SSN CUSTOMERS"));
        restart();
        assertThat(gateway.get(url, tokens.token()).path("success").asBoolean()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void after_a_restart_the_alarm_is_still_on(boolean fromMemory) throws Exception {
        var url = later("select id from customers", result("SSN CUSTOMERS"));
        if (fromMemory) {
            fillRecording();
        }
        restart();

        var answer = gateway.get(url, tokens.token());

        assertThat(gateway.events(RecordingEvent.Remembered.class)).hasSize(fromMemory ? 1 : 0);
        assertThat(answer.path("code").asText()).isEqualTo("098011");
        assertThat(answer.toString()).doesNotContain(RAW);
        assertThat(gateway.events(RecordingEvent.Alarm.class)).hasSize(1);
    }

    @Test
    void what_is_masked_is_in_the_memory_too() throws Exception {
        var url =
                later(
                        "select ssn, id as ssn from customers",
                        result("SSN CUSTOMERS", "SSN CUSTOMERS"));
        fillRecording();
        restart();
        assertThat(gateway.get(url, tokens.token()).path("success").asBoolean()).isTrue();
        assertThat(gateway.events(RecordingEvent.Ended.class).getLast().masked().masks())
                .isEqualTo(Map.of("SSN", Map.of("pii", 2L)));
    }

    /// So much that the session is put into its recording.
    private void fillRecording() throws Exception {
        var large = new String[300_000][];
        for (int i = 0; i < large.length; i++) {
            large[i] = new String[] {"row " + i + " of a result that fills the recording, " + i};
        }
        var answer = ScriptedSnowflake.bytes(ScriptedSnowflake.ok(snowflake.rows(large)));
        snowflake.statements.clear();
        snowflake.statements.put("'large'", (_, _) -> answer);
        query("select 'large'");
        query("select 1");
    }

    @Test
    void parts_that_are_fetched_after_a_restart_give_the_alarm_too() throws Exception {
        var id = ScriptedSnowflake.queryId();
        snowflake.paths.put(
                "/bucket", (_, _) -> ("[\"" + RAW + "\"]").getBytes(StandardCharsets.UTF_8));
        var first = chunked(result("CITY CUSTOMERS"), id);
        snowflake.statements.put(
                "select", (_, _) -> ScriptedSnowflake.bytes(ScriptedSnowflake.ok(first)));
        var data = query("select city from customers").path("data");
        assertThat(data.path("chunks")).hasSize(1);
        var other = chunked(result("SSN CUSTOMERS"), id);
        snowflake.paths.put(
                "/queries/" + id + "/result",
                (_, _) -> ScriptedSnowflake.bytes(ScriptedSnowflake.ok(other)));
        restart();

        var path = data.path("chunks").path(0).path("url").asText();
        var answer =
                gateway.send(
                        gateway.anaPort(),
                        "GET",
                        path.substring(path.indexOf("/chunks/")),
                        null,
                        null,
                        Delivery.TICKET,
                        data.path("chunkHeaders").path(Delivery.TICKET).asText());

        assertThat(answer.statusCode()).isNotEqualTo(200);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).doesNotContain(RAW);
        assertThat(gateway.events(RecordingEvent.Alarm.class)).hasSize(1);
    }

    private ObjectNode chunked(ObjectNode data, String id) {
        data.put("queryId", id).put("total", 3).put("returned", 3);
        data.putArray("chunks")
                .addObject()
                .put("url", snowflake.uri() + "/bucket")
                .put("rowCount", 1)
                .put("uncompressedSize", 100)
                .put("compressedSize", 50);
        data.putObject("chunkHeaders");
        return data;
    }

    @Test
    void what_a_driver_reads_by_result_scan_is_masked_as_the_statement_was() throws Exception {
        var id = ScriptedSnowflake.queryId();
        snowflake.statements.put("ssn from", (_, _) -> ScriptedSnowflake.running(id, "333334"));
        query("select ssn from customers");
        snowflake.statements.put(
                "result_scan",
                (_, _) -> ScriptedSnowflake.bytes(ScriptedSnowflake.ok(result("SSN"))));
        query("select * from table(result_scan('" + id + "'))");
        assertThat(gateway.events(RecordingEvent.Ended.class).getLast().masked().masks())
                .isEqualTo(Map.of("SSN", Map.of("pii", 2L)));
    }

    @Test
    void of_several_statements_each_has_its_own_columns() throws Exception {
        var first = UUID.randomUUID().toString();
        var second = UUID.randomUUID().toString();
        snowflake.statements.put(
                "; select",
                (_, _) ->
                        ScriptedSnowflake.bytes(
                                ScriptedSnowflake.ok(
                                        result("multiple")
                                                .put("resultIds", first + "," + second))));
        snowflake.paths.put(
                "/queries/" + first + "/result",
                (_, _) -> ScriptedSnowflake.bytes(ScriptedSnowflake.ok(result("SSN CUSTOMERS"))));
        snowflake.paths.put(
                "/queries/" + second + "/result",
                (_, _) -> ScriptedSnowflake.bytes(ScriptedSnowflake.ok(result("SSN CUSTOMERS"))));
        var body = TestGateway.body("select ssn from customers; select city as ssn from customers");
        body.putObject("parameters").put("MULTI_STATEMENT_COUNT", 2);
        gateway.query(tokens, UUID.randomUUID().toString(), body);
        gateway.get("/queries/" + first + "/result", tokens.token());
        gateway.get("/queries/" + second + "/result", tokens.token());

        assertThat(gateway.events(RecordingEvent.Alarm.class)).isEmpty();
        assertThat(gateway.events(RecordingEvent.Ended.class))
                .extracting(it -> it.masked().sum())
                .containsExactly(0L, 2L, 0L);
    }
}
