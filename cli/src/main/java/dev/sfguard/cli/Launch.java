package dev.sfguard.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How this installation starts processes of its own: the gateway and the sandbox of a demo, the
/// detached agent.
///
/// @param sfguard the words before a command's own
/// @param sandbox the words that start the sandbox; empty where it is not installed
public record Launch(List<String> sfguard, Optional<List<String>> sandbox) {
    /// Set by the installed launcher: the folder of the version that runs.
    private static final String DIST = "sfguard.dist";

    private static final String SANDBOX_MAIN = "dev.sfguard.sandbox.Main";

    public static Launch ofThisProcess() {
        String dist = System.getProperty(DIST);
        return dist == null ? ofClassPath() : ofInstalled(Path.of(dist));
    }

    /// The words that start one of our own commands.
    public List<String> command(String... words) {
        var all = new ArrayList<>(sfguard);
        all.addAll(List.of(words));
        return List.copyOf(all);
    }

    private static Launch ofInstalled(Path dist) {
        var sandbox = dist.resolve("bin/sandbox");
        return new Launch(
                List.of(dist.resolve("bin/sfguard").toString()),
                Files.isExecutable(sandbox)
                        ? Optional.of(List.of(sandbox.toString()))
                        : Optional.empty());
    }

    /// Not installed: a build or a test, where the class path holds everything.
    private static Launch ofClassPath() {
        var java =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"));
        return new Launch(
                with(java, Sfguard.class.getName()),
                isOnClassPath() ? Optional.of(with(java, SANDBOX_MAIN)) : Optional.empty());
    }

    private static boolean isOnClassPath() {
        return Launch.class.getResource("/dev/sfguard/sandbox/Main.class") != null;
    }

    private static List<String> with(List<String> words, String last) {
        var all = new ArrayList<>(words);
        all.add(last);
        return List.copyOf(all);
    }
}
