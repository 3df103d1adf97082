package dev.sfguard.cli.shell;

import dev.sfguard.cli.output.Format;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/// What is typed to the shell itself: a backslash, a colon or an exclamation mark before the name,
/// as users of psql, vi and SnowSQL are used to; `exit`, `quit` and `help` also bare.
sealed interface MetaCommand {

    String HELP =
            """
            Statements end with ; and Enter. Ctrl-C aborts the running one, or clears the line; Ctrl-D leaves.

              \\o FORMAT     table, vertical, csv, tsv, json, ndjson or markdown; \\x is \\o vertical
              \\pager on|off a pager for long and wide results (PAGER, else less)
              \\d            the tables here; \\d NAME describes one
              \\timing on|off counts and times after each statement
              \\history      what was typed; Up and Ctrl-R search it
              \\?            this help
              \\q            leave

            :name and !name do the same.
            """;

    record Output(Format format) implements MetaCommand {}

    record Pager(boolean on) implements MetaCommand {}

    record Timing(boolean on) implements MetaCommand {}

    /// Stands for this SQL.
    record Sql(String statement) implements MetaCommand {}

    record History() implements MetaCommand {}

    record Help() implements MetaCommand {}

    record Quit() implements MetaCommand {}

    /// Nothing that the shell knows; the sentence says what it knows instead.
    record Unknown(String why) implements MetaCommand {}

    static boolean isOne(String text) {
        return (!text.isEmpty() && "\\:!".indexOf(text.charAt(0)) >= 0) || bare(text).isPresent();
    }

    static MetaCommand of(String text) {
        var bare = bare(text);
        if (bare.isPresent()) {
            return bare.get();
        }
        String[] words =
                text.strip().substring(1).replaceAll(";\\s*$", "").strip().split("\\s+", 2);
        String argument = words.length > 1 ? words[1] : "";
        return switch (words[0].toLowerCase(Locale.ROOT)) {
            case "o", "output", "format" -> output(argument);
            case "x" -> new Output(Format.VERTICAL);
            case "pager" -> onOff("pager", argument, Pager::new);
            case "timing" -> onOff("timing", argument, Timing::new);
            case "d", "dt", "tables" ->
                    new Sql(
                            argument.isEmpty()
                                    ? "show terse tables"
                                    : "describe table " + argument);
            case "history", "s" -> new History();
            case "?", "h", "help" -> new Help();
            case "q", "quit", "exit" -> new Quit();
            default -> new Unknown("There is no command \\" + words[0] + ". \\? lists them.");
        };
    }

    private static Optional<MetaCommand> bare(String text) {
        return switch (text.strip().replaceAll("\\s*;$", "").toLowerCase(Locale.ROOT)) {
            case "exit", "quit" -> Optional.of(new Quit());
            case "help" -> Optional.of(new Help());
            default -> Optional.empty();
        };
    }

    private static MetaCommand output(String name) {
        for (var format : Format.values()) {
            if (format.toString().equals(name.toLowerCase(Locale.ROOT))) {
                return new Output(format);
            }
        }
        return new Unknown("\\o takes table, vertical, csv, tsv, json, ndjson or markdown.");
    }

    private static MetaCommand onOff(
            String name, String argument, Function<Boolean, MetaCommand> make) {
        return switch (argument.toLowerCase(Locale.ROOT)) {
            case "", "on" -> make.apply(true);
            case "off" -> make.apply(false);
            default -> new Unknown("\\" + name + " takes on or off.");
        };
    }
}
