package dev.sfguard.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A folder of `src/test` with a package.json, installed below `target` once.
record NpmProject(Path folder) {

    /// Skips the calling class where npm is missing, which it never is in CI.
    ///
    /// @param missed what is not tested then
    static NpmProject install(String name, String missed) throws Exception {
        assumeTrue(hasNpm(), "npm is not on the PATH: " + missed);
        var project = new NpmProject(Path.of("target", name).toAbsolutePath());
        project.copy(Path.of("src/test", name).toAbsolutePath());
        project.install();
        return project;
    }

    /// A script of the project, its errors in a file beside it.
    ProcessBuilder node(String script, String... words) {
        var command = new ArrayList<>(List.of("node", folder.resolve(script).toString()));
        command.addAll(List.of(words));
        String name = script + (words.length == 0 ? "" : "-" + String.join("-", words));
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(folder.resolve(name + ".err").toFile());
    }

    private static boolean hasNpm() throws InterruptedException {
        try {
            return new ProcessBuilder("npm", "--version")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException absent) {
            return false;
        }
    }

    private void copy(Path source) throws IOException {
        Files.createDirectories(folder);
        try (var files = Files.list(source)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(
                        file,
                        folder.resolve(file.getFileName()),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /// The lock that was installed is kept beside, so that a changed one is installed anew.
    private void install() throws Exception {
        Path lock = folder.resolve("package-lock.json");
        Path installed = folder.resolve("node_modules/.installed-lock.json");
        if (Files.exists(installed) && Files.mismatch(lock, installed) < 0) {
            return;
        }
        var npm =
                new ProcessBuilder("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("npm.log").toFile())
                        .start();
        assertThat(npm.waitFor(10, TimeUnit.MINUTES)).isTrue();
        assertThat(npm.exitValue()).as("npm ci: see %s/npm.log", folder).isZero();
        Files.copy(lock, installed);
    }
}
