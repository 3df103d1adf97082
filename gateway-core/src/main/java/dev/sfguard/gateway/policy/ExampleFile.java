package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.yaml.YamlDocument;
import dev.sfguard.gateway.yaml.YamlMapping;
import dev.sfguard.gateway.yaml.YamlProblems;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads a `*.test.yaml`: statements, who asks them, and what a policy is expected to say.
public final class ExampleFile {
    private static final long MOST = 1_000_000_000_000L;

    private ExampleFile() {}

    /// One statement, or several in one text, with the expected answer.
    ///
    /// @param line of the file where it begins
    /// @param connection in the configuration's words; empty where the policy has only one
    /// @param database the session's present one, as written
    /// @param schema the session's present one, as written
    /// @param usage of its first statement
    public record Example(
            int line,
            Identity as,
            Optional<String> connection,
            Optional<String> database,
            Optional<String> schema,
            String sql,
            Usage usage,
            Expected expect) {}

    /// @param rule empty where any will do
    /// @param masked `DATABASE.SCHEMA.TABLE.COLUMN`, exactly these; empty where any will do
    public record Expected(Verdict verdict, Optional<String> rule, Optional<Set<String>> masked) {}

    /// @throws YamlProblems everything that is wrong in the file, at once
    public static List<Example> read(Path file) throws YamlProblems {
        var document = YamlDocument.readList(file, "examples");
        var examples = document.root().list("examples").stream().map(ExampleFile::example).toList();
        if (examples.isEmpty()) {
            document.root().problem("examples", "the file holds no example");
        }
        document.finish();
        return examples;
    }

    private static Example example(YamlMapping mapping) {
        var example =
                new Example(
                        mapping.place().line(),
                        identity(mapping.mapping("as")),
                        mapping.optionalText("connection"),
                        mapping.optionalText("database"),
                        mapping.optionalText("schema"),
                        mapping.text("sql"),
                        mapping.optionalMapping("usage").map(ExampleFile::usage).orElse(Usage.NONE),
                        expected(mapping.mapping("expect")));
        mapping.finish();
        return example;
    }

    private static Usage usage(YamlMapping mapping) {
        var usage =
                new Usage(
                        mapping.number("statements_this_minute", 1, 1, MOST),
                        mapping.number("rows_today", 0, 0, MOST));
        mapping.finish();
        return usage;
    }

    private static Identity identity(YamlMapping mapping) {
        String user = mapping.text("user");
        var kind = mapping.optionalChoice("kind", Identity.Kind.class);
        var groups = mapping.textSet("groups");
        String issuer = mapping.text("issuer", "");
        mapping.finish();
        return new Identity(
                user, user, kind.orElse(Identity.Kind.HUMAN), groups, issuer, Instant.MAX);
    }

    private static Expected expected(YamlMapping mapping) {
        var verdict = mapping.optionalChoice("verdict", Verdict.class);
        if (!mapping.has("verdict")) {
            mapping.problem(mapping.place(), "the key \"verdict\" is missing in \"expect\"");
        }
        var rule = mapping.optionalText("rule");
        Optional<Set<String>> masked =
                mapping.has("masked") ? Optional.of(mapping.textSet("masked")) : Optional.empty();
        mapping.finish();
        boolean columns = masked.isPresent() && !masked.get().isEmpty();
        var said = verdict.orElse(Verdict.BLOCK);
        return new Expected(said == Verdict.ALLOW && columns ? Verdict.MASK : said, rule, masked);
    }
}
