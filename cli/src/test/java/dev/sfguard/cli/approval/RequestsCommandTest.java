package dev.sfguard.cli.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.agent.AgentFailure;
import dev.sfguard.cli.CapturedStreams;
import dev.sfguard.cli.CliFailure;
import dev.sfguard.cli.Command;
import dev.sfguard.cli.ExitCode;
import dev.sfguard.cli.output.Format;
import dev.sfguard.cli.output.Look;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class RequestsCommandTest {
    private static final String LIST = "GET /v1/requests?limit=50&state=pending";

    /// As the gateway writes it, one line of its list.
    static final String LINE =
            """
            {"id":"7K3M9Q2X","state":"pending","created":"2026-11-23T14:00:11Z",
             "changed":"2026-11-23T14:00:11Z","expires":"2026-11-23T14:30:11Z","age_seconds":120,
             "left_seconds":1680,"requester":"ana@acme.io","kind":"human","application":"JDBC 4.4.1",
             "connection":"shop","rule":"orders-writes","attached":true,"locks":false,"mine":false,
             "may_answer":true,"demands":[{"rule":"orders-writes","groups":["dba"],"at_least":1,
             "met":0}],"statement":"delete from orders where id = 7"%s}""";

    private static final String WHOLE =
            LINE.formatted(
                    """
                    ,"binds":"1 = <redacted>","groups":["analysts"],
                     "context":"role ANALYST_RO, database SHOP, schema PUBLIC","classes":["DELETE"],
                     "effects":["DELETE"],"objects":["WRITE SHOP.PUBLIC.ORDERS"],
                     "message":"Writes to orders need a second pair of eyes.","agent":"claude",
                     "prompt":"clean up\\nthe test order","reason":"ticket 812",
                     "policy_version":"v","session":"01KARJ","statement_number":3,
                     "answers":[{"by":"cy@acme.io","approves":true,"reason":"fine","at":"2026-11-23T14:01:00Z"}]""");

    private final CapturedStreams world = new CapturedStreams();
    private final CannedApi api = new CannedApi();

    private ExitCode run(Command command, String... args) throws Exception {
        new CommandLine(command).parseArgs(args);
        return command.run(world.streams());
    }

    private ExitCode requests(String... args) throws Exception {
        return run(new RequestsCommand(api), args);
    }

    private static String list(String... lines) {
        return "{\"step\":7,\"requests\":[%s]}".formatted(String.join(",", lines));
    }

    @Test
    void what_waits_is_a_table() throws Exception {
        api.answer(LIST, list(LINE.formatted("")));

        assertThat(requests()).isEqualTo(ExitCode.DONE);

        assertThat(world.out())
                .isEqualTo(
                        """
                        id        state    age  left  requester    connection  rule           statement
                        --------  -------  ---  ----  -----------  ----------  -------------  -------------------------------
                        7K3M9Q2X  pending  2m   28m   ana@acme.io  shop        orders-writes  delete from orders where id = 7
                        """);
    }

    @Test
    void nothing_to_do_is_said_where_a_person_reads_it() throws Exception {
        api.answer(LIST, list());
        requests();
        assertThat(world.out()).isEmpty();
        assertThat(world.err())
                .isEqualTo("No request waits for your answer. Your own: sfguard requests --mine\n");
    }

    @Test
    void formats_for_machines_have_moments_and_numbers() throws Exception {
        api.answer(LIST, list(LINE.formatted("")));
        requests("-o", "json");
        var row = new ObjectMapper().readTree(world.out()).path(0);
        assertThat(row.path("id").asText()).isEqualTo("7K3M9Q2X");
        assertThat(row.path("expires").asText()).isEqualTo("2026-11-23T14:30:11Z");
        assertThat(row.path("left_seconds").asLong()).isEqualTo(1680);
        assertThat(row.path("missing").asText()).isEqualTo("a member of dba");
        assertThat(row.path("may_answer").asBoolean()).isTrue();
    }

    @Test
    void options_travel_to_the_gateway() throws Exception {
        api.answer(
                "GET /v1/requests?limit=5&state=denied%2Cexpired&mine=true"
                        + "&since=2026-11-23T12%3A02%3A11Z&until=2026-11-23T14%3A00%3A00Z",
                list());
        requests(
                "--mine",
                "--state",
                "denied,expired",
                "--since",
                "2h",
                "--until",
                "2026-11-23T14:00:00Z",
                "--limit",
                "5");
        assertThat(api.asked()).hasSize(1);
    }

    @Test
    void one_request_is_a_page_with_all_that_it_takes_to_decide() throws Exception {
        api.answer("GET /v1/requests/7k3m9q2x", WHOLE);
        requests("7k3m9q2x");
        assertThat(world.out())
                .isEqualTo(
                        """
                        7K3M9Q2X  pending, 28m left  (asked 2m ago)
                          who       ana@acme.io (human; analysts)
                          with      JDBC 4.4.1 → shop
                          as        role ANALYST_RO, database SHOP, schema PUBLIC
                          prompt    clean up
                                    the test order
                          agent     claude
                          reason    ticket 812
                          rule      orders-writes: Writes to orders need a second pair of eyes.
                          does      DELETE; WRITE SHOP.PUBLIC.ORDERS
                          needs     a member of dba: 0 of 1
                          yes       cy@acme.io: fine

                            delete from orders where id = 7

                          binds     1 = <redacted>

                          Run it once     sfguard approve 7K3M9Q2X
                          and for a time  sfguard approve 7K3M9Q2X --for 30m
                          Refuse it       sfguard deny 7K3M9Q2X --reason TEXT
                        """);
    }

    @Test
    void a_hold_that_keeps_locks_is_warned_of_and_an_own_one_offers_no_answer() throws Exception {
        api.answer(
                "GET /v1/requests/7K3M9Q2X",
                WHOLE.replace("\"locks\":false", "\"locks\":true")
                        .replace("\"mine\":false", "\"mine\":true")
                        .replace("\"attached\":true", "\"attached\":false")
                        .replace("\"may_answer\":true", "\"may_answer\":false"));
        requests("7K3M9Q2X");
        assertThat(world.out())
                .contains("While it waits, an open transaction of this session keeps its locks.")
                .contains("Nobody waits for it now: it runs when it is sent again, unchanged.")
                .contains("It is your own: somebody else has to answer it, a member of dba.")
                .doesNotContain("sfguard approve");
    }

    @Test
    void what_was_granted_says_how_to_end_it() throws Exception {
        api.answer(
                "GET /v1/requests/7K3M9Q2X",
                WHOLE.replace("\"pending\"", "\"done\"")
                        .replace(
                                "\"may_answer\":true",
                                "\"may_answer\":false,\"granted_until\":\"2026-11-23T14:30:11Z\",\"granted_seconds\":600"));
        requests("7K3M9Q2X");
        assertThat(world.out())
                .contains("7K3M9Q2X  done, granted for another 10m")
                .contains("sfguard requests revoke 7K3M9Q2X --reason TEXT");
    }

    @Test
    void escapes_in_data_are_shown_and_not_obeyed() throws Exception {
        world.onTerminal();
        api.answer(
                "GET /v1/requests/7K3M9Q2X",
                WHOLE.replace("ticket 812", "\\u001b[2J\\u202eevil")
                        .replace("delete from", "delete /*\\u001b]0;x\\u0007*/ from"));
        api.answer(LIST, list(LINE.formatted("").replace("delete from", "delete\\u001b[2J from")));
        requests("7K3M9Q2X");
        requests();
        assertThat(world.out())
                .contains("␛[2J�evil", "delete␛[2J from")
                .doesNotContain("\u001b[2J", "\u001b]0", "\u0007", "\u202e");
    }

    @Test
    void colors_go_with_no_color() throws Exception {
        world.onTerminal();
        api.answer("GET /v1/requests/7K3M9Q2X", WHOLE);
        requests("7K3M9Q2X");
        assertThat(world.out()).contains("\u001b[");
        var plain = new CapturedStreams().onTerminal().variable("NO_COLOR", "1");
        var command = new RequestsCommand(api);
        new CommandLine(command).parseArgs("7K3M9Q2X");
        command.run(plain.streams());
        assertThat(plain.out()).doesNotContain("\u001b");
    }

    @Test
    void one_request_for_machines_has_everything() throws Exception {
        api.answer("GET /v1/requests/7K3M9Q2X", WHOLE);
        requests("7K3M9Q2X", "-o", "json");
        var row = new ObjectMapper().readTree(world.out()).path(0);
        assertThat(row.path("demands").path(0).path("groups").path(0).asText()).isEqualTo("dba");
        assertThat(row.path("left_seconds").asLong()).isEqualTo(1680);
        assertThat(row.path("locks").isBoolean()).isTrue();
    }

    @Test
    void what_makes_no_sense_is_refused_before_anything_is_asked() {
        assertThat(world.run("requests", "--limit", "0")).isEqualTo(ExitCode.USAGE);
        assertThat(world.run("requests", "../../x")).isEqualTo(ExitCode.USAGE);
        assertThat(world.run("requests", "--watch", "7K3M9Q2X")).isEqualTo(ExitCode.USAGE);
        assertThat(world.run("requests", "--since", "yesterday")).isEqualTo(ExitCode.USAGE);
        assertThat(world.run("deny", "7K3M9Q2X")).isEqualTo(ExitCode.USAGE);
        assertThat(world.err()).contains("Missing required option: '--reason=TEXT'");
        assertThat(world.run("approve", "7K3M9Q2X", "--for", "long")).isEqualTo(ExitCode.USAGE);
        assertThat(world.run("approve")).isEqualTo(ExitCode.USAGE);
        assertThat(world.run("requests", "revoke", "7K3M9Q2X")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void yes_says_what_it_did() throws Exception {
        var call = "POST /v1/requests/7K3M9Q2X/approve";
        api.answer(call, WHOLE.replace("\"pending\"", "\"approved\""));
        run(new ApproveCommand(api), "7K3M9Q2X", "--reason", "ticket 812");
        assertThat(api.asked()).containsExactly(call + " {\"reason\":\"ticket 812\"}");
        assertThat(world.err()).isEqualTo("Approved: the statement of ana@acme.io runs now.\n");
        assertThat(world.out()).isEmpty();
    }

    @Test
    void yes_for_a_time_says_how_to_end_it() throws Exception {
        var call = "POST /v1/requests/7K3M9Q2X/approve";
        api.answer(
                call,
                WHOLE.replace("\"pending\"", "\"approved\"")
                        .replace(
                                "\"may_answer\":true",
                                "\"may_answer\":false,\"granted_seconds\":1799"));
        run(new ApproveCommand(api), "7K3M9Q2X", "--for", "30m");
        assertThat(api.asked()).containsExactly(call + " {\"for\":1800}");
        assertThat(world.err())
                .isEqualTo(
                        """
                        Approved: the statement of ana@acme.io runs now.
                        The identical one needs no other yes for 30m. To end that:
                          sfguard requests revoke 7K3M9Q2X --reason TEXT
                        """);
    }

    @Test
    void a_yes_that_is_not_enough_says_who_is_missing() throws Exception {
        api.answer(
                "POST /v1/requests/7K3M9Q2X/approve",
                WHOLE.replace("\"at_least\":1", "\"at_least\":2"));
        run(new ApproveCommand(api), "7K3M9Q2X");
        assertThat(world.err()).isEqualTo("Your yes counts. Still needed: 2 members of dba.\n");
    }

    @Test
    void no_travels_with_its_reason() throws Exception {
        var call = "POST /v1/requests/7K3M9Q2X/deny";
        api.answer(call, WHOLE.replace("\"pending\"", "\"denied\""));
        run(new DenyCommand(api), "7K3M9Q2X", "--reason", "not on a \"Friday\"");
        assertThat(api.asked()).containsExactly(call + " {\"reason\":\"not on a \\\"Friday\\\"\"}");
        assertThat(world.err()).isEqualTo("Denied: ana@acme.io is told why.\n");
    }

    @Test
    void revoke_travels_with_its_reason() throws Exception {
        var call = "POST /v1/requests/7K3M9Q2X/revoke";
        api.answer(call, WHOLE.replace("\"pending\"", "\"done\""));
        run(new RevokeCommand(api), "7K3M9Q2X", "--reason", "wrong table");
        assertThat(api.asked()).containsExactly(call + " {\"reason\":\"wrong table\"}");
        assertThat(world.err())
                .isEqualTo("Revoked: the statement of ana@acme.io needs a new yes.\n");
    }

    @Test
    void the_gateways_own_words_explain_a_refusal() {
        api.refuse(
                "POST /v1/requests/7K3M9Q2X/approve",
                409,
                "Request 7K3M9Q2X is your own, and nobody answers their own.",
                "Ask a member of: dba");
        assertThatThrownBy(() -> run(new ApproveCommand(api), "7K3M9Q2X"))
                .isInstanceOf(AgentFailure.ApiRefused.class)
                .hasMessage("Request 7K3M9Q2X is your own, and nobody answers their own.");
    }

    @Test
    void an_answer_that_is_none_is_a_fault_and_no_crash() {
        api.answer("GET /v1/requests/7K3M9Q2X", "{\"id\":\"7K3M9Q2X\",\"state\":7}");
        assertThatThrownBy(() -> requests("7K3M9Q2X"))
                .isNotInstanceOf(CliFailure.class)
                .isInstanceOf(java.io.IOException.class);
    }

    @Test
    void a_watch_on_a_pipe_is_a_line_for_each_change() throws Exception {
        api.answer(LIST, list(LINE.formatted("")));
        api.answer(LIST + "&after=7", list(LINE.formatted("")));
        api.answer(LIST + "&after=7", list());
        api.answer(LIST + "&after=7", list(LINE.formatted("").replace("7K3M9Q2X", "ZZZZZZZZ")));
        api.answer("GET /v1/requests/7K3M9Q2X", WHOLE.replace("\"pending\"", "\"approved\""));

        assertThat(watched(Format.TABLE, 4))
                .isEqualTo(
                        """
                        7K3M9Q2X  pending    ana@acme.io  shop  orders-writes  delete from orders where id = 7
                        7K3M9Q2X  approved   ana@acme.io  shop  orders-writes  delete from orders where id = 7
                        ZZZZZZZZ  pending    ana@acme.io  shop  orders-writes  delete from orders where id = 7
                        """);
    }

    @Test
    void a_watch_forgets_what_it_may_not_see_any_more() throws Exception {
        api.answer(LIST, list(LINE.formatted("")));
        api.answer(LIST + "&after=7", list());
        api.refuse("GET /v1/requests/7K3M9Q2X", 404, "There is no request 7K3M9Q2X for you.", "");

        assertThat(watched(Format.NDJSON, 2).lines())
                .singleElement()
                .asString()
                .contains("pending");
    }

    private String watched(Format format, int steps) throws Exception {
        var out = new ByteArrayOutputStream();
        try (var feed = new RequestFeed(api, world.streams(), LIST.substring(4))) {
            var lines =
                    new WatchLines(
                            feed,
                            new PrintStream(out, true, StandardCharsets.UTF_8),
                            format,
                            Look.PLAIN);
            for (int i = 0; i < steps; i++) {
                lines.step();
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
