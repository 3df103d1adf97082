package dev.sfguard.e2e;

import dev.sfguard.cli.Sfguard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// How one `sfguard` command ended, run as a process of its own like a user's.
record Ran(int status, String out, String err) {
    private static final long PATIENCE_SECONDS = 180;

    /// @param home what the command gets as `SFGUARD_HOME`
    static Ran sfguard(Path home, String... words) throws Exception {
        Path out = Files.createTempFile("sfguard", ".out");
        Path err = Files.createTempFile("sfguard", ".err");
        try {
            var process = start(home, out, err, words);
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("sfguard " + String.join(" ", words) + " did not end");
            }
            return new Ran(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /// Starts a command that goes on. Its output goes to files: a detached child may keep it open.
    static Process start(Path home, Path out, Path err, String... words) throws IOException {
        var command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                classPath(words[0]),
                                Sfguard.class.getName()));
        command.addAll(List.of(words));
        var builder =
                new ProcessBuilder(command)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().put("SFGUARD_HOME", home.toString());
        return builder.start();
    }

    /// As installed: only the commands that run SQL have the Snowflake driver.
    private static String classPath(String command) {
        String all = System.getProperty("java.class.path");
        if (command.equals("exec")) {
            return all;
        }
        return Arrays.stream(all.split(":"))
                .filter(entry -> !entry.contains("snowflake-jdbc"))
                .collect(Collectors.joining(":"));
    }
}
