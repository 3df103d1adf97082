package dev.sfguard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `docs/cli.md` and `completions/` are made from the commands. After a change, write them anew:
/// `./mvnw test -pl cli -am -Dtest=ReferenceTest -Dsurefire.failIfNoSpecifiedTests=false
/// -Dsfguard.regenerate=true`
class ReferenceTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @Test
    void the_reference_tells_what_the_commands_tell() throws IOException {
        same(ROOT.resolve("docs/cli.md"), reference());
    }

    @ParameterizedTest
    @CsvSource({"bash, bash/sfguard", "zsh, zsh/_sfguard", "fish, fish/sfguard.fish"})
    void the_completion_files_are_what_the_command_prints(String shell, String file)
            throws IOException {
        var world = new CapturedStreams();
        assertThat(world.run("completion", shell)).isEqualTo(ExitCode.DONE);
        same(ROOT.resolve("completions").resolve(file), world.out());
    }

    private static void same(Path file, String text) throws IOException {
        if (Boolean.getBoolean("sfguard.regenerate")) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        }
        assertThat(file).content().isEqualTo(text);
    }

    private static String reference() throws IOException {
        var text = new StringBuilder(frame("head.md"));
        for (var section : Commands.SECTIONS) {
            if (!section.entries().isEmpty()) {
                text.append("\n## ").append(section.heading()).append('\n');
            }
            commandsOf(section).forEach(path -> append(text, path));
        }
        text.append("\n## Exit codes\n| code | meaning |\n| --- | --- |\n");
        for (var code : ExitCode.values()) {
            text.append("| %d | %s |\n".formatted(code.status(), code.meaning()));
        }
        return text.append('\n').append(frame("tail.md")).toString();
    }

    private static Stream<Commands.Path> commandsOf(Commands.Section section) {
        return Commands.paths().stream()
                .filter(
                        path ->
                                section.entries().stream()
                                        .anyMatch(
                                                top -> top.name().equals(path.words().getFirst())));
    }

    private static void append(StringBuilder text, Commands.Path path) {
        var world = new CapturedStreams();
        var words = Stream.concat(path.words().stream(), Stream.of("--help"));
        assertThat(world.run(words.toArray(String[]::new))).isEqualTo(ExitCode.DONE);
        text.append("\n### sfguard ").append(String.join(" ", path.words())).append("\n```\n");
        text.append(world.out().stripTrailing()).append("\n```\n");
    }

    private static String frame(String name) throws IOException {
        return Files.readString(ROOT.resolve("cli/src/test/resources/reference").resolve(name));
    }
}
