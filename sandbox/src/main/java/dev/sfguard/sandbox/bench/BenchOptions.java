package dev.sfguard.sandbox.bench;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What `Bench` was asked to do.
///
/// @param quick shorter samples: the whole table in some ten minutes
/// @param output where the table also goes
/// @param sfguard the words that start sfguard
/// @param only the parts to run; empty runs all
record BenchOptions(boolean quick, Optional<Path> output, List<String> sfguard, Set<String> only) {
    /// In the order in which they run.
    static final List<String> PARTS =
            List.of(
                    "one-row",
                    "logins",
                    "tunnel",
                    "front",
                    "idle",
                    "decisions",
                    "journal",
                    "seek",
                    "start-up");

    static final String USAGE =
            """
            usage: sandbox/bench.sh [--quick] [--only PART,PART...] [--output FILE]
                                    [--sfguard COMMAND]
              --quick      shorter samples, some ten minutes
              --only       %s
              --output     where the page goes; with --only nowhere unless given
              --sfguard    how sfguard is started; otherwise looked for on the PATH"""
                    .formatted(String.join(", ", PARTS));

    /// @throws IllegalArgumentException says which word is wrong
    static BenchOptions read(String[] arguments, @Nullable String searchPath) {
        boolean quick = false;
        Optional<Path> output = Optional.empty();
        Optional<List<String>> sfguard = Optional.empty();
        Set<String> only = Set.of();
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--quick" -> quick = true;
                case "--output" -> output = Optional.of(Path.of(value(arguments, ++i)));
                case "--sfguard" -> sfguard = Optional.of(words(value(arguments, ++i), "\\s+"));
                case "--only" -> only = parts(value(arguments, ++i));
                default -> throw new IllegalArgumentException("unknown option " + arguments[i]);
            }
        }
        return new BenchOptions(quick, output, sfguard.orElseGet(() -> find(searchPath)), only);
    }

    boolean wants(String part) {
        return only.isEmpty() || only.contains(part);
    }

    Rounds rounds() {
        return quick
                ? new Rounds(Duration.ofSeconds(3), 3, Duration.ofSeconds(2))
                : new Rounds(Duration.ofSeconds(10), 3, Duration.ofSeconds(5));
    }

    String samples() {
        return (quick ? "Shorter samples (--quick): " : "Samples: ") + rounds().text();
    }

    int mebibytes() {
        return quick ? 64 : 256;
    }

    Duration journal() {
        return Duration.ofSeconds(quick ? 4 : 10);
    }

    int startUps() {
        return quick ? 7 : 20;
    }

    private static Set<String> parts(String list) {
        var parts = words(list, ",");
        for (String part : parts) {
            if (!PARTS.contains(part)) {
                throw new IllegalArgumentException("unknown part " + part);
            }
        }
        return Set.copyOf(parts);
    }

    private static String value(String[] arguments, int index) {
        if (index >= arguments.length) {
            throw new IllegalArgumentException(arguments[index - 1] + " needs a value");
        }
        return arguments[index];
    }

    private static List<String> words(String text, String separator) {
        return Pattern.compile(separator)
                .splitAsStream(text)
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static List<String> find(@Nullable String searchPath) {
        var folders =
                Stream.concat(
                        words(searchPath == null ? "" : searchPath, File.pathSeparator).stream(),
                        Stream.of(System.getProperty("user.home") + "/.local/bin"));
        return folders.map(folder -> Path.of(folder, "sfguard"))
                .filter(Files::isExecutable)
                .findFirst()
                .map(program -> List.of(program.toString()))
                .orElse(List.of());
    }
}
