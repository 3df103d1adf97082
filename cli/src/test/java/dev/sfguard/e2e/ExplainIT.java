package dev.sfguard.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.cli.CapturedStreams;
import dev.sfguard.cli.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `policy explain` asks the running gateway: its policy, its tables, and nothing of Snowflake.
class ExplainIT {
    private static final String SSN = "select ssn from customers";
    private static final String VIEW = "select * from strangers";
    private static final String LITERAL = "912-34-5678";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir private static Path folder;
    private static Stage stage;

    @BeforeAll
    static void raise() throws Exception {
        stage = Stage.raise(folder);
        try (var warehouse = stage.warehouse()) {
            MaskedShop.run(
                    warehouse,
                    "create view shop.public.strangers as select name, ssn from customers where ssn <> '%s'"
                            .formatted(LITERAL));
        }
    }

    @AfterAll
    static void close() throws Exception {
        stage.close();
    }

    @Test
    void whoever_asks_for_themselves_sees_what_would_go_to_snowflake_and_it_does_not()
            throws Exception {
        var answer = json("ana", SSN);

        assertThat(answer.path("verdict").asText()).isEqualTo("mask");
        assertThat(answer.path("rule").asText()).isEqualTo("readers");
        assertThat(answer.path("role").asText()).isEqualTo("ANALYST_RW");
        assertThat(answer.path("connection").asText()).isEqualTo("shop");
        assertThat(answer.path("masked").get(0).asText()).isEqualTo("SHOP.PUBLIC.CUSTOMERS.SSN");
        assertThat(answer.path("sql").asText()).startsWith("select ssn from (SELECT * REPLACE (");
        assertThat(stage.reachedTheSandbox(SSN)).isFalse();
        assertThat(stage.reachedTheSandbox(answer.path("sql").asText())).isFalse();
    }

    @Test
    void it_is_the_same_text_as_with_the_policys_file_and_says_whose_policy_it_is()
            throws Exception {
        var catalog = Files.writeString(folder.resolve("shop.yaml"), CATALOG);
        String live = explain("ana", SSN).out();
        var world = home("ana");
        world.run(
                "policy",
                "explain",
                "--policy",
                folder.resolve("gateway/policy.yaml").toString(),
                "--catalog",
                catalog.toString(),
                "--as",
                "user=ana@shop.example,groups=analysts",
                SSN);

        assertThat(live)
                .startsWith("asker      ana@shop.example (analysts) on shop\npolicy     version ")
                .endsWith(world.out());
        assertThat(world.out()).contains("verdict    mask by readers");
    }

    @Test
    void only_readers_of_recordings_pretend_to_be_others() throws Exception {
        var ana = explain("ana", SSN, "--as", "user=bo,groups=dba");
        assertThat(ana.out()).isEmpty();
        assertThat(ana.err()).contains("explained to readers of recordings only");

        var asRobot =
                json("bo", "create table t (a int)", "--as", "user=r,groups=agents,kind=agent");
        assertThat(asRobot.path("rule").asText()).isEqualTo("agents-read-only");
        assertThat(json("bo", SSN).path("verdict").asText()).isEqualTo("allow");
        assertThat(json("bo", SSN, "--as", "user=a,groups=analysts").path("verdict").asText())
                .isEqualTo("mask");
    }

    @Test
    void what_a_view_is_defined_as_is_shown_to_raw_readers_alone() throws Exception {
        var ana = json("ana", VIEW);
        assertThat(ana.path("verdict").asText()).isEqualTo("mask");
        assertThat(ana.path("sql").isNull()).isTrue();
        assertThat(ana.toString()).contains("what a view is defined as").doesNotContain(LITERAL);
        assertThat(explain("ana", VIEW).out())
                .contains("sent       not shown: it holds what a view is defined as");

        var bo = json("bo", VIEW, "--as", "user=a,groups=analysts");
        assertThat(bo.path("sql").asText()).contains(LITERAL, "SELECT * REPLACE");
    }

    @Test
    void a_table_that_is_made_later_is_found() throws Exception {
        try (var bo = stage.bo().jdbc()) {
            MaskedShop.run(bo, "create table shop.public.later (card_number varchar)");
        }
        assertThat(json("ana", "select card_number from later").path("masked").get(0).asText())
                .isEqualTo("SHOP.PUBLIC.LATER.CARD_NUMBER");
    }

    @Test
    void what_cannot_be_asked_says_what_and_what_next() throws Exception {
        var stranger = explain("ana", SSN, "--connection", "nowhere");
        assertThat(stranger.code()).isEqualTo(ExitCode.USAGE);
        assertThat(stranger.err()).contains("There is no connection \"nowhere\" for you.");
        var closed = explain("bo", SSN, "--as", "user=x,groups=nobody");
        assertThat(closed.code()).isEqualTo(ExitCode.USAGE);
        assertThat(closed.err()).contains("The policy opens no connection to x.");
        var twoNames = explain("ana", SSN, "--schema", "a.b");
        assertThat(twoNames.err()).contains("schema is not one name.");
        var huge = explain("ana", "select '" + "x".repeat(1 << 20) + "'");
        assertThat(huge.code()).isEqualTo(ExitCode.USAGE);
        assertThat(huge.err()).contains("The SQL is larger than 1 MiB.");
        assertThat(explain("ana", "select 'x").out()).contains("block by unreadable");
    }

    private static final String CATALOG =
            """
            version: 1
            databases:
              SHOP:
                PUBLIC:
                  CUSTOMERS: {columns: {ID: NUMBER, NAME: TEXT, EMAIL: TEXT, SSN: TEXT, CARD_NUMBER: TEXT}}
            """;

    private record Answer(ExitCode code, String out, String err) {}

    private static JsonNode json(String who, String sql, String... more) throws Exception {
        var words = new String[more.length + 2];
        words[0] = "-o";
        words[1] = "json";
        System.arraycopy(more, 0, words, 2, more.length);
        var answer = explain(who, sql, words);
        assertThat(answer.code()).as(answer.err()).isEqualTo(ExitCode.DONE);
        return JSON.readTree(answer.out());
    }

    private static Answer explain(String who, String sql, String... more) {
        var words = new java.util.ArrayList<>(java.util.List.of("policy", "explain"));
        words.addAll(java.util.List.of(more));
        words.add(sql);
        var world = home(who);
        var code = world.run(words.toArray(String[]::new));
        return new Answer(code, world.out(), world.err());
    }

    private static CapturedStreams home(String who) {
        return new CapturedStreams(folder).variable("SFGUARD_HOME", folder.resolve(who).toString());
    }
}
