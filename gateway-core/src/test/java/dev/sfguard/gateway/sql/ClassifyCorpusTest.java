package dev.sfguard.gateway.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.gateway.sql.Analysis.Understood;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// 420 statements with the class that an independent parser gives them. The file is not part
/// of the project (its statements come from elsewhere), so this runs only where it lies
/// beside it.
class ClassifyCorpusTest {

    @Test
    void every_statement_gets_the_class_that_the_corpus_names() throws IOException {
        var file = corpus();
        assumeTrue(
                file.isPresent(),
                "classify.jsonl is not here; set SFGUARD_SHARED to the folder that holds corpus/");
        var json = new ObjectMapper();
        var differing = new ArrayList<String>();
        var lines = Files.readAllLines(file.get());
        for (String line : lines) {
            var row = json.readTree(line);
            String found = coarse(row.get("sql").asText());
            if (!found.equals(row.get("class").asText())) {
                differing.add(found + " ≠ " + line);
            }
        }
        assertThat(lines).hasSizeGreaterThan(400);
        assertThat(differing).isEmpty();
    }

    /// The corpus has one class for the three kinds of ALTER, and one for the two of USE.
    private static String coarse(String sql) {
        List<Statement> statements = StatementSplitter.split(sql);
        if (statements.size() != 1) {
            return statements.size() + " statements";
        }
        return switch (new Analyzer().analyze(statements.getFirst())) {
            case Analysis.Opaque(String why) -> "OPAQUE " + why;
            case Understood statement ->
                    switch (statement.kind()) {
                        case ALTER_SESSION, ALTER_USER -> "ALTER";
                        case USE_ROLE -> "USE";
                        default -> statement.kind().name();
                    };
        };
    }

    private static Optional<Path> corpus() {
        var named =
                Optional.ofNullable(System.getProperty("SFGUARD_SHARED"))
                        .or(() -> Optional.ofNullable(System.getenv("SFGUARD_SHARED")));
        return Stream.concat(
                        named.stream(), Stream.of("../shared", "../../shared", "../../../shared"))
                .map(folder -> Path.of(folder, "corpus", "classify.jsonl"))
                .filter(Files::isReadable)
                .findFirst();
    }
}
