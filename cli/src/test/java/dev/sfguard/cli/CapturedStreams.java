package dev.sfguard.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;

/// The world around a command under test: no terminal, no environment, all output kept.
public final class CapturedStreams {
    public static final Instant NOW = Instant.parse("2026-11-23T14:02:11Z");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> environment = new HashMap<>();
    private final Path home;
    private String input = "";
    private Streams.Terminals terminals = new Streams.Terminals(false, false, false);

    public CapturedStreams() {
        this(Path.of("/nowhere"));
    }

    public CapturedStreams(Path home) {
        this.home = home;
    }

    public CapturedStreams input(String text) {
        input = text;
        return this;
    }

    public CapturedStreams variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    public CapturedStreams onTerminal() {
        terminals = new Streams.Terminals(true, true, true);
        return this;
    }

    public Streams streams() {
        return new Streams(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                terminals,
                environment,
                home,
                Clock.fixed(NOW, ZoneOffset.UTC),
                new Streams.Manner(!environment.containsKey("NO_COLOR"), false, false));
    }

    public ExitCode run(String... args) {
        return Sfguard.run(streams(), args);
    }

    /// Runs a command that is not taken from the table.
    ExitCode run(Command command, String... args) {
        return Sfguard.run(streams(), command, args);
    }

    public String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    public String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
