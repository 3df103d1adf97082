package dev.sfguard.cli.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.cli.CapturedStreams;
import dev.sfguard.cli.ExitCode;
import dev.sfguard.e2e.BypassRow;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// `policy explain` of every row of the bypass corpus, as somebody would type it.
class ExplainedCorpusTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    static List<BypassRow> rows() {
        return BypassRow.all();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void explain_gives_each_row_its_verdict(BypassRow row) throws Exception {
        var world = new CapturedStreams();
        var exit =
                world.run(
                        "policy",
                        "explain",
                        "--policy",
                        BypassRow.FOLDER.resolve("corpus.policy.yaml").toString(),
                        "--catalog",
                        BypassRow.FOLDER.resolve("corpus.catalog.yaml").toString(),
                        "--as",
                        "user=ana@acme.io,groups=" + row.given(),
                        "-o",
                        "json",
                        "--",
                        row.sql());
        assertThat(exit).as(world.err()).isEqualTo(ExitCode.DONE);
        var explained = JSON.readTree(world.out());
        var verdict = explained.get("verdict").asText();
        if (row.sql().contains("own-query-id")) {
            // No session stands behind it that could have run the query.
            assertThat(verdict).as(row.sql()).isEqualTo("block");
        } else {
            assertThat(verdict).as(row.sql()).isIn(row.accepted());
        }
        // Only what passes has a text that would go upstream.
        assertThat(explained.get("sql").isNull()).isEqualTo(verdict.equals("block"));
    }
}
