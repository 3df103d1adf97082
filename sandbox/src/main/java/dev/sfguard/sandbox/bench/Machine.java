package dev.sfguard.sandbox.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// Where the figures were taken: figures of another machine do not compare.
record Machine(String text) {
    static Machine here() {
        return new Machine(
                "%d cores (%s), %s RAM, Linux %s, JDK %s, commit %s"
                        .formatted(
                                Runtime.getRuntime().availableProcessors(),
                                field(Path.of("/proc/cpuinfo"), "model name").orElse("unknown"),
                                memory(),
                                System.getProperty("os.version"),
                                Runtime.version(),
                                commit()));
    }

    /// Makes {@link #peakMemory} begin anew. Where the kernel does not let us, it goes on.
    static void resetPeakMemory(long pid) {
        try {
            Files.writeString(Path.of("/proc/" + pid + "/clear_refs"), "5");
        } catch (IOException e) {
            // The peak then is that of the whole run so far: too large, never too small.
            return;
        }
    }

    /// How many files a process of ours may have open.
    static int openFiles() {
        return field(Path.of("/proc/self/limits"), "Max open files", " {2,}")
                .map(fields -> fields.equals("unlimited") ? "1000000" : fields)
                .map(Integer::parseInt)
                .orElse(1024);
    }

    /// The most memory that a process held, in KiB; empty when it is gone.
    static Optional<Long> peakMemory(long pid) {
        return field(Path.of("/proc/" + pid + "/status"), "VmHWM")
                .map(text -> Long.parseLong(text.replaceAll("\\D", "")));
    }

    private static String memory() {
        return field(Path.of("/proc/meminfo"), "MemTotal")
                .map(text -> Long.parseLong(text.replaceAll("\\D", "")) / (1024 * 1024) + " GiB")
                .orElse("unknown");
    }

    private static Optional<String> field(Path file, String name) {
        return line(file, name).map(line -> line.substring(line.indexOf(':') + 1).strip());
    }

    /// The field after the line's name.
    private static Optional<String> field(Path file, String name, String separator) {
        return line(file, name).map(line -> line.split(separator, -1)[1]);
    }

    private static Optional<String> line(Path file, String name) {
        Predicate<String> wanted = line -> line.startsWith(name);
        try (var lines = Files.lines(file)) {
            return lines.filter(wanted).findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// The commit of the working folder, marked when files differ from it.
    private static String commit() {
        try {
            var git = new ProcessBuilder("git", "describe", "--always", "--dirty=-changed").start();
            String text =
                    new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor(10, TimeUnit.SECONDS) && !text.isEmpty() ? text : "unknown";
        } catch (IOException e) {
            return "unknown";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }
}
