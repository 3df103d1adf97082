package dev.sfguard.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// All that a command knows of the world around the process, so that a test can be that world.
///
/// @param out data only; @param err everything else
/// @param terminals which of the three are terminals
/// @param home the user's home folder
/// @param manner what the global options ask for
public record Streams(
        InputStream in,
        PrintStream out,
        PrintStream err,
        Terminals terminals,
        Map<String, String> environment,
        Path home,
        Clock clock,
        Manner manner) {

    public record Terminals(boolean in, boolean out, boolean err) {}

    /// @param color false with `--no-color` or `NO_COLOR`
    /// @param verbose `-v`: counts and times also where nobody watches
    /// @param debug `--debug`: stack traces
    public record Manner(boolean color, boolean verbose, boolean debug) {}

    public static Streams ofProcess() {
        // The reader may be slow: rows are collected into blocks, errors leave at once.
        var out = new BufferedOutputStream(new Outlet(FileDescriptor.out), 1 << 16);
        var environment = System.getenv();
        return new Streams(
                System.in,
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(
                        new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                new Terminals(isTerminal(0), isTerminal(1), isTerminal(2)),
                environment,
                home(environment),
                Clock.system(ZoneId.systemDefault()),
                new Manner(!environment.containsKey("NO_COLOR"), false, false));
    }

    /// As other programs of a shell take it, and the installer too.
    private static Path home(Map<String, String> environment) {
        String home = environment.getOrDefault("HOME", "");
        return Path.of(home.startsWith("/") ? home : System.getProperty("user.home"));
    }

    public Streams with(Manner other) {
        return new Streams(in, out, err, terminals, environment, home, clock, other);
    }

    public Streams with(Map<String, String> other) {
        return new Streams(in, out, err, terminals, other, home, clock, manner);
    }

    public Streams withOut(PrintStream other) {
        return new Streams(in, other, err, terminals, environment, home, clock, manner);
    }

    /// A variable's value; an empty one counts as absent.
    public Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    public boolean colorOut() {
        return manner.color() && terminals.out();
    }

    public boolean colorErr() {
        return manner.color() && terminals.err();
    }

    /// Counts, times and progress go to stderr when somebody watches, or asked for them.
    public boolean chatty() {
        return manner.verbose() || (terminals.err() && terminals.out());
    }

    /// The launcher says which descriptors are terminals, as `sh` knows it for free. Without it the
    /// kernel's links tell.
    private static boolean isTerminal(int descriptor) {
        String told = System.getProperty("sfguard.terminals");
        if (told != null) {
            return told.contains(Integer.toString(descriptor));
        }
        var links = Path.of("/proc/self/fd");
        if (Files.isDirectory(links)) {
            try {
                var link = links.resolve(Integer.toString(descriptor));
                String target = Files.readSymbolicLink(link).toString();
                return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
            } catch (IOException closed) {
                return false;
            }
        }
        return Objects.requireNonNull(System.console()).isTerminal();
    }

    /// Turns a failed write into an unchecked exception: a `PrintStream` would only remember it,
    /// and a command would go on for a reader that left.
    private static final class Outlet extends OutputStream {
        private final FileOutputStream file;

        Outlet(FileDescriptor descriptor) {
            this.file = new FileOutputStream(descriptor);
        }

        @Override
        public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            try {
                file.write(bytes, offset, length);
            } catch (IOException e) {
                throw new OutputClosed(e);
            }
        }
    }
}
