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
/// @param quick seconds instead of minutes: proves that everything runs, its figures say little
/// @param output where the table also goes
/// @param sfguard the words that start sfguard
/// @param only the parts to run; empty runs all
/// @param components rows that another benchmark printed, to stand in the same table
record BenchOptions(
        boolean quick,
        Optional<Path> output,
        List<String> sfguard,
        Set<String> only,
        Optional<Path> components) {
    static final Set<String> PARTS =
            Set.of("one-row", "durable", "logins", "large", "front", "start-up");

    static final String USAGE =
            """
            usage: Bench [--quick] [--output FILE] [--sfguard COMMAND] [--only PART,PART...]
                         [--components FILE]
              --quick      seconds instead of minutes; the figures say little
              --output     also write the table to this file
              --sfguard    how sfguard is started; otherwise looked for on the PATH
              --only       one-row, durable, logins, large, front, start-up
              --components rows to put into the same table""";

    /// @throws IllegalArgumentException says which word is wrong
    static BenchOptions read(String[] arguments, @Nullable String searchPath) {
        boolean quick = false;
        Optional<Path> output = Optional.empty();
        Optional<List<String>> sfguard = Optional.empty();
        Set<String> only = Set.of();
        Optional<Path> components = Optional.empty();
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--quick" -> quick = true;
                case "--output" -> output = Optional.of(Path.of(value(arguments, ++i)));
                case "--sfguard" -> sfguard = Optional.of(words(value(arguments, ++i), "\\s+"));
                case "--components" -> components = Optional.of(Path.of(value(arguments, ++i)));
                case "--only" -> only = parts(value(arguments, ++i));
                default -> throw new IllegalArgumentException("unknown option " + arguments[i]);
            }
        }
        return new BenchOptions(
                quick, output, sfguard.orElseGet(() -> find(searchPath)), only, components);
    }

    boolean wants(String part) {
        return only.isEmpty() || only.contains(part);
    }

    Rounds rounds() {
        return quick
                ? new Rounds(Duration.ofSeconds(1), 1, Duration.ofSeconds(1))
                : new Rounds(Duration.ofSeconds(10), 3, Duration.ofSeconds(5));
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
