package dev.sfguard.sandbox.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/// Runs the parts one after the other. Each is written down when it ends; one that fails is named
/// and the next begins; an interrupted run leaves what it has.
final class BenchRun {
    private final BenchOptions options;
    private final Report report = new Report();
    private final String when = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    private final Machine machine = Machine.here();
    private final List<String> failed = new ArrayList<>();
    private final Thread ifInterrupted = new Thread(this::interrupted, "interrupted");
    private volatile String part = "start";

    /// One part of the table.
    interface Part {
        void run() throws IOException;
    }

    BenchRun(BenchOptions options) {
        this.options = options;
        Runtime.getRuntime().addShutdownHook(ifInterrupted);
    }

    Report report() {
        return report;
    }

    void part(String name, Part work) throws IOException {
        if (!options.wants(name)) {
            return;
        }
        part = name;
        System.err.println(name);
        try {
            work.run();
        } catch (IOException | RuntimeException e) {
            failed.add(name);
            report.note("**" + name + " failed**: " + oneLine(e));
            e.printStackTrace();
        }
        write();
    }

    /// A Markdown list's item ends with its line.
    private static String oneLine(Exception e) {
        String text = String.valueOf(e.getMessage()).replaceAll("\\s+", " ").strip();
        return text.length() <= 300 ? text : text.substring(0, 300) + "…";
    }

    /// Prints the whole table.
    ///
    /// @return whether no part failed
    boolean finish() throws IOException {
        Runtime.getRuntime().removeShutdownHook(ifInterrupted);
        write();
        System.out.print(table());
        return failed.isEmpty();
    }

    private void interrupted() {
        report.close("**interrupted** during " + part + ": it and what follows are missing");
        System.out.print(table());
        try {
            write();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            ProcessHandle.current().descendants().forEach(ProcessHandle::destroy);
        }
    }

    private synchronized void write() throws IOException {
        if (options.output().isPresent()) {
            Files.writeString(options.output().get(), PerformancePage.of(table()));
        }
    }

    private String table() {
        return report.markdown(machine, when, options.samples());
    }
}
