package dev.sfguard.cli.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.cli.CapturedStreams;
import dev.sfguard.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What docs/policy.md shows, what `gateway init` writes and what the demo has is what the commands
/// take.
class DocumentedPolicyTest {
    private static final Path PAGE = Path.of("../docs/policy.md");

    /// A block of YAML that the page calls a file.
    private static final Pattern FILE =
            Pattern.compile("<!-- file: (\\S+) -->\n```yaml\n(.*?)```\n", Pattern.DOTALL);

    @TempDir private Path folder;
    private final CapturedStreams world = new CapturedStreams();

    @Test
    void the_pages_policy_has_no_problem_and_its_examples_pass() throws IOException {
        assertThat(files(Files.readString(PAGE)))
                .containsExactly("policy.yaml", "policy.test.yaml", "policy.catalog.yaml");
        passes();
    }

    @Test
    void what_gateway_init_writes_has_no_problem_and_its_examples_pass() throws IOException {
        for (String name : List.of("policy.yaml", "policy.test.yaml")) {
            copy("/dev/sfguard/gateway/init/" + name, name);
        }
        passes();
    }

    @Test
    void the_demos_policy_has_no_problem_and_its_examples_pass() throws IOException {
        for (String name : List.of("policy.yaml", "policy.catalog.yaml", "policy.test.yaml")) {
            copy("/dev/sfguard/cli/demo/" + name, name);
        }
        passes();
    }

    private void passes() {
        assertThat(world.run("policy", "check", at("policy.yaml")))
                .as(() -> world.out() + world.err())
                .isEqualTo(ExitCode.DONE);
        assertThat(world.run("policy", "test", at("policy.test.yaml")))
                .as(() -> world.out() + world.err())
                .isEqualTo(ExitCode.DONE);
        assertThat(world.out()).containsPattern("[1-9]\\d* passed, 0 failed");
    }

    private List<String> files(String page) throws IOException {
        var names = new ArrayList<String>();
        var blocks = FILE.matcher(page);
        while (blocks.find()) {
            names.add(blocks.group(1));
            Files.writeString(folder.resolve(blocks.group(1)), blocks.group(2));
        }
        return names;
    }

    private void copy(String resource, String name) throws IOException {
        try (var in = DocumentedPolicyTest.class.getResourceAsStream(resource)) {
            assertThat(in).as(resource).isNotNull();
            Files.write(folder.resolve(name), in.readAllBytes());
        }
    }

    private String at(String name) {
        return folder.resolve(name).toString();
    }
}
