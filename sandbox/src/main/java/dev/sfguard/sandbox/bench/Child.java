package dev.sfguard.sandbox.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A process that the benchmark starts, listens to and ends. What it prints is kept, so that its
/// failure can be told.
final class Child implements AutoCloseable {
    private static final int KEPT_LINES = 200;

    private final String name;
    private final Process process;
    private final List<String> lines = new ArrayList<>();
    private boolean ended;

    private Child(String name, Process process) {
        this.name = name;
        this.process = process;
    }

    static Child start(String name, Map<String, String> environment, List<String> command)
            throws IOException {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        var child = new Child(name, builder.start());
        Thread.ofVirtual().name(name).start(child::listen);
        return child;
    }

    /// Waits until the process prints something that the pattern finds.
    ///
    /// @throws IOException when it ends or the time is over before that, with what it printed
    MatchResult await(Pattern pattern, Duration patience) throws IOException {
        return awaitMatch(pattern, patience)
                .orElseThrow(
                        () ->
                                new IOException(
                                        "%s %s without printing %s:%n%s"
                                                .formatted(
                                                        name,
                                                        hasEnded() ? "ended" : "ran on",
                                                        pattern,
                                                        output())));
    }

    /// The same; empty when it ends or the time is over before that.
    Optional<MatchResult> awaitMatch(Pattern pattern, Duration patience) throws IOException {
        long end = System.nanoTime() + patience.toNanos();
        synchronized (lines) {
            while (true) {
                Optional<MatchResult> found = find(pattern);
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (found.isPresent() || ended || left <= 0) {
                    return found;
                }
                pause(left);
            }
        }
    }

    /// Waits for the process to end well.
    void awaitSuccess(Duration patience) throws IOException {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(name + " does not end:\n" + output());
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
        if (process.exitValue() != 0) {
            throw new IOException(name + " ended with " + process.exitValue() + ":\n" + output());
        }
    }

    String name() {
        return name;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /// Forgets what memory the process and those it started held until now.
    void resetPeak() {
        Machine.resetPeakMemory(pid());
        process.descendants().forEach(child -> Machine.resetPeakMemory(child.pid()));
    }

    /// The most memory that the process, or a process it started, held since the last reset, in
    /// MiB.
    Optional<Long> peakMebibytes() {
        Predicate<Long> positive = kibibytes -> kibibytes > 0;
        return Optional.of(
                        Math.max(
                                Machine.peakMemory(pid()).orElse(0L),
                                process.descendants()
                                        .mapToLong(
                                                child -> Machine.peakMemory(child.pid()).orElse(0L))
                                        .max()
                                        .orElse(0)))
                .filter(positive)
                .map(kibibytes -> kibibytes / 1024);
    }

    /// The processor time that the process and those it started have used so far.
    Duration processor() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .map(each -> each.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }

    /// What it printed; of many lines the last ones.
    List<String> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /// Says nothing more: its end may be a moment away.
    private boolean hasEnded() {
        synchronized (lines) {
            return ended;
        }
    }

    private String output() {
        synchronized (lines) {
            return String.join("\n", lines);
        }
    }

    private Optional<MatchResult> find(Pattern pattern) {
        for (String line : lines) {
            var matcher = pattern.matcher(line);
            if (matcher.find()) {
                return Optional.of(matcher.toMatchResult());
            }
        }
        return Optional.empty();
    }

    private void pause(long millis) throws IOException {
        try {
            lines.wait(millis);
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    private void listen() {
        try (var reader = process.inputReader()) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                keep(line);
            }
        } catch (IOException | UncheckedIOException e) {
            // The process was ended while it spoke.
        }
        synchronized (lines) {
            ended = true;
            lines.notifyAll();
        }
    }

    private void keep(String line) {
        synchronized (lines) {
            if (lines.size() == KEPT_LINES) {
                lines.removeFirst();
            }
            lines.add(line);
            lines.notifyAll();
        }
    }

    /// Ends the process and those it started, by force when they do not listen.
    @Override
    public void close() {
        var family = new ArrayList<>(process.descendants().toList());
        family.add(process.toHandle());
        family.forEach(ProcessHandle::destroy);
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                family.forEach(ProcessHandle::destroyForcibly);
            }
        } catch (InterruptedException e) {
            family.forEach(ProcessHandle::destroyForcibly);
            Thread.currentThread().interrupt();
        }
    }
}
