package dev.sfguard.gateway.masking;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.gateway.policy.PolicyFile;
import dev.sfguard.gateway.policy.ProtectedNames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CANARY = "Zz-canary-77";
    @TempDir static Path folder;
    private static ProtectedNames names = ProtectedNames.NONE;
    private final Redaction redaction = new Redaction(names);

    @BeforeAll
    static void policy() throws Exception {
        Path file = folder.resolve("policy.yaml");
        Files.writeString(
                file,
                """
                version: 1
                default: allow
                roles:
                  shop: {analysts: ANALYST}
                masks:
                  - name: grades
                    columns: [SHOP.PUBLIC.PATIENTS.DIAGNOSIS]
                    with: redact
                """);
        names = PolicyFile.read(file, Set.of()).protectedNames();
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " => ",
            quoteCharacter = '`',
            value = {
                "select city from t where id = 17 and name = 'Ana' limit 5"
                        + " => select city from t where id = 17 and name = 'Ana' limit 5",
                "select id from patients where diagnosis = 'x1' and city = 'Berlin' limit 5"
                        + " => select id from patients where diagnosis = '<redacted>' and city = 'Berlin' limit 5",
                "select id from patients p where p.diagnosis in ('a1', 'b2') and p.n in (1, -2)"
                        + " => select id from patients p where p.diagnosis in ('<redacted>', '<redacted>') and p.n in (1, -2)",
                "select id from patients where lower(diagnosis) = 'x1'"
                        + " => select id from patients where lower(diagnosis) = '<redacted>'",
                "select id from patients where 'x1' = diagnosis"
                        + " => select id from patients where '<redacted>' = diagnosis",
                "select id from patients where diagnosis between 10 and 20 and age between 1 and 2"
                        + " => select id from patients where diagnosis between <redacted> and <redacted> and age between 1 and 2",
                "select id from patients where diagnosis not like '%flu%'"
                        + " => select id from patients where diagnosis not like '<redacted>'",
                "insert into patients (id, diagnosis, city) values (1, 'flu', 'Rome'), (2, 'flu', 'Bonn')"
                        + " => insert into patients (id, diagnosis, city) values (1, '<redacted>', 'Rome'), (2, '<redacted>', 'Bonn')",
                "insert into patients values (1, 'flu')"
                        + " => insert into patients values (<redacted>, '<redacted>')",
                "update patients set diagnosis = 'flu' where id = 3"
                        + " => update patients set diagnosis = '<redacted>' where id = 3",
                "update x set \"diagnosis\" = 'flu' => update x set \"diagnosis\" = 'flu'",
                "update x set \"DIAGNOSIS\" = 'flu' => update x set \"DIAGNOSIS\" = '<redacted>'",
                "select * from t where ssn = '123' => select * from t where ssn = '<redacted>'",
                "select cast(x as varchar(20)) from patients => select cast(x as varchar(20)) from patients",
                "select 'ana@acme.io' => select '<redacted:email>'",
                "select 'ana\\x40acme.io' => select '<redacted:email>'",
                "select 123-45-6789 => select <redacted:us_ssn>",
                "-- for ssn 123456789\\nselect 1 => -- for ssn <redacted:us_ssn>\\nselect 1",
                "select id from patients /* was 'flu', 4711 */ => select id from patients /* was '<redacted>', <redacted> */",
                "create user x password = 'hunter2' => create user x password = '<redacted>'",
                "select id where city = 'x' || diagnosis => select id where city = '<redacted>' || diagnosis",
            })
    void sql_stays_readable_and_protected_literals_go(String sql, String shown) {
        assertThat(redaction.statement(sql.replace("\\n", "\n")).text())
                .isEqualTo(shown.replace("\\n", "\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select * from patients where diagnosis = '%s",
                "select * from patients where diagnosis = $$%s$$",
                "select * from patients where trim(upper(diagnosis)) = upper('%s')",
                "select case diagnosis when '%s' then 1 end from patients",
                "select decode(diagnosis, '%s', 1) from patients",
                "with p as (select * from patients) select * from p where d like '%s'||'x'",
                "merge into patients p using (select '%s' d) s on p.id = s.id when matched then"
                        + " update set diagnosis = s.d",
                "call f('%s', 'PATIENTS', diagnosis)",
                "select * from patients where (diagnosis) = ('%s')",
                "select * from patients where diagnosis::varchar = '%s'::varchar",
                "select * from patients where (id, diagnosis) in ((1, '%s'))",
                "/* unterminated '%s'",
                "select * from patients where contains(diagnosis, '%s') -- '%s'",
                "execute immediate 'select * from patients where diagnosis = ''%s'''",
                "insert into shop.public.\"PATIENTS\" select 1, '%s'"
            })
    void a_value_that_stands_for_a_protected_column_never_shows(String sql) {
        var shown = redaction.statement(sql.replace("%s", CANARY));

        assertThat(shown.text()).doesNotContain(CANARY);
    }

    @Test
    void binds_follow_their_places() throws Exception {
        var statement =
                redaction.statement("select id from patients where city = ? and diagnosis = ?");
        var binds =
                JSON.readTree(
                        """
                        {"1": {"type": "TEXT", "value": "Bonn"},
                         "2": {"type": "TEXT", "value": ["flu", null, "cold"]}}
                        """);

        assertThat(redaction.binds(binds, statement))
                .isEqualTo(
                        JSON.readTree(
                                """
                                {"1": {"type": "TEXT", "value": "Bonn"},
                                 "2": {"type": "TEXT", "value": ["<redacted>", null, "<redacted>"]}}
                                """));
    }

    @Test
    void binds_whose_places_cannot_be_told_all_go() throws Exception {
        var binds = JSON.readTree("{\"1\":{\"type\":\"TEXT\",\"value\":\"flu\"}}");

        var protecting = redaction.statement("select id from patients where diagnosis = :1");
        var other = redaction.statement("select 1 from t where c = :1");

        assertThat(redaction.binds(binds, protecting).toString()).doesNotContain("flu");
        assertThat(redaction.binds(binds, other)).isEqualTo(binds);
        assertThat(
                        redaction
                                .binds(JSON.readTree("{\"1\":{\"value\":\"ana@acme.io\"}}"), other)
                                .toString())
                .doesNotContain("acme");
    }

    @Test
    void what_a_statement_hides_does_not_show_in_its_prompt_and_errors() {
        var statement =
                redaction.statement("select id from patients where diagnosis = 'influenza'");

        assertThat(redaction.prose("find everybody with influenza", statement.hidden()))
                .isEqualTo("find everybody with <redacted>");
        assertThat(redaction.message("Numeric value 'Ana Lopez' is not recognized", statement))
                .isEqualTo("Numeric value '<redacted>' is not recognized");
    }

    @Test
    void a_long_statement_is_redacted_in_linear_time() {
        String list = "'a', ".repeat(100_000) + "'b'";
        var shown =
                redaction.statement("select id from patients where diagnosis in (" + list + ")");

        assertThat(shown.text()).doesNotContain("'a'").doesNotContain("'b'");
        assertThat(redaction.statement("select '" + "x".repeat(2 << 20) + "'").text())
                .hasSizeLessThan(200);
    }

    @Test
    void names_are_compared_as_snowflake_folds_them() {
        assertThat(names.isColumn("DIAGNOSIS")).isTrue();
        assertThat(names.isColumn("diagnosis")).isFalse();
        assertThat(names.isObject("PATIENTS")).isTrue();
        assertThat(names.isObject("CITIES")).isFalse();
    }
}
