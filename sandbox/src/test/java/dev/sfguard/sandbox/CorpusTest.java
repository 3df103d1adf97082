package dev.sfguard.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// How much of Snowflake's SQL the sandbox runs.
class CorpusTest {
    @Test
    void every_statement_of_our_own_corpus_runs() throws Exception {
        try (var file = CorpusTest.class.getResourceAsStream("statements.sql")) {
            var text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(failures("SHOP", statements(text.lines().toList()))).isEmpty();
        }
    }

    @Test
    void at_least_120_statements_of_the_shared_corpus_run() throws Exception {
        Path corpus = shared().resolve("corpus/snowflake-statements.sql");
        assumeTrue(
                Files.exists(corpus),
                "no shared corpus at " + corpus + "; SFGUARD_SHARED names the folder");
        List<String> statements = statements(Files.readAllLines(corpus));
        List<String> failures = failures("SFDB", statements);
        System.out.printf(
                "%d of %d statements run; not:%n%s%n",
                statements.size() - failures.size(),
                statements.size(),
                String.join("\n", failures));
        assertThat(statements.size() - failures.size()).isGreaterThanOrEqualTo(190);
    }

    private static Path shared() {
        String named = System.getProperty("SFGUARD_SHARED", System.getenv("SFGUARD_SHARED"));
        // Tests run in the module's folder.
        return named == null ? Path.of("..", "..", "shared") : Path.of(named);
    }

    /// One statement a line; a line that ends in a comment goes on in the next.
    private static List<String> statements(List<String> lines) {
        var statements = new ArrayList<String>();
        String begun = "";
        for (String line : lines) {
            if (line.isBlank() || line.startsWith("--")) {
                continue;
            }
            if (line.contains("//") && !line.contains("file://")) {
                begun = line + "\n";
            } else {
                statements.add(begun + line);
                begun = "";
            }
        }
        return statements;
    }

    private static List<String> failures(String database, List<String> statements)
            throws IOException, SQLException {
        var failures = new ArrayList<String>();
        try (var account = TestAccount.start();
                var connection = account.admin()) {
            String home = "USE SCHEMA " + database + ".PUBLIC";
            TestAccount.run(connection, "CREATE DATABASE SFDB");
            TestAccount.run(connection, home);
            for (String statement : statements) {
                try {
                    execute(connection, statement);
                    // As in Snowflake, a new database or schema becomes the current one.
                    if (statement.matches("CREATE (DATABASE|SCHEMA) .*")) {
                        TestAccount.run(connection, home);
                    }
                } catch (SQLException e) {
                    failures.add(statement + "\n      " + e.getMessage().replace('\n', ' '));
                }
            }
        }
        return failures;
    }

    private static void execute(Connection connection, String statement) throws SQLException {
        if (!statement.contains("= ?")) {
            TestAccount.run(connection, statement);
            return;
        }
        try (var prepared = connection.prepareStatement(statement)) {
            prepared.setInt(1, 1);
            prepared.execute();
        }
    }
}
