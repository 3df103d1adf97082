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

    @Test
    void almost_every_query_is_followed_to_its_objects() throws IOException {
        var file = corpus();
        assumeTrue(file.isPresent(), "classify.jsonl is not here");
        var json = new ObjectMapper();
        int queries = 0;
        var unknown = new ArrayList<String>();
        for (String line : Files.readAllLines(file.get())) {
            var row = json.readTree(line);
            if (row.get("class").asText().equals("SELECT")) {
                queries++;
                follow(row.get("sql").asText()).ifPresent(unknown::add);
            }
        }
        System.out.printf("%d of %d queries are followed%n", queries - unknown.size(), queries);
        assertThat(queries).isGreaterThan(50);
        assertThat(unknown).hasSizeLessThanOrEqualTo(queries / 20);
    }

    /// Why the statement's objects are not known; empty when they are. A busy machine may need a
    /// second try.
    private static Optional<String> follow(String sql) {
        var first = Shop.analyze(sql);
        var analysis = first.toString().contains("too long to parse") ? Shop.analyze(sql) : first;
        boolean known =
                analysis instanceof Understood understood
                        && understood.objects() instanceof Objects.Known;
        return known ? Optional.empty() : Optional.of(sql);
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
