package dev.sfguard.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Rows of the corpus through Snowflake's Node driver: one process and one session for all of them.
final class NodeAttempts {
    private static final ObjectMapper JSON = new ObjectMapper();

    private NodeAttempts() {}

    /// What the driver saw of each row, by the row's id.
    static Map<String, JsonNode> of(NpmProject project, Stage.Person person, List<BypassRow> rows)
            throws Exception {
        var builder = project.node("corpus.mjs");
        builder.environment().put("SNOWFLAKE_URL", "http://127.0.0.1:" + person.port());
        builder.environment().put("SNOWFLAKE_PASSWORD", person.secret().reveal());
        var process = builder.start();
        try (var in = process.outputWriter(StandardCharsets.UTF_8)) {
            in.write(list(rows));
        }
        var seen = new LinkedHashMap<String, JsonNode>();
        try (var lines =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                var outcome = JSON.readTree(line);
                seen.put(outcome.path("id").asText(), outcome);
            }
        }
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("see target/node/corpus.mjs.err").isZero();
        return seen;
    }

    private static String list(List<BypassRow> rows) throws Exception {
        var list = JSON.createArrayNode();
        list.addObject().put("id", "").put("sql", AttackerSession.DO_NOT_WAIT);
        for (var row : rows) {
            list.addObject().put("id", row.id()).put("sql", row.sql());
        }
        return JSON.writeValueAsString(list);
    }
}
