package dev.sfguard.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The `sfguard` command: finds the command asked for, builds only that one, runs it, and is the
/// one place where errors are printed and turned into exit codes.
public final class Sfguard {
    // A logger without a strong reference is collected, and its level with it.
    private static final Logger ROOT_LOGGER = Logger.getLogger("");

    private Sfguard() {}

    public static void main(String[] args) {
        // Libraries explain nothing to a user: what matters comes back as an exception. A command
        // that keeps a log (gateway run, the agent) sets its own level.
        ROOT_LOGGER.setLevel(Level.OFF);
        System.exit(status(Streams.ofProcess(), args));
    }

    /// The exit status of a command line, or of the program that it ran for the user.
    static int status(Streams streams, String... args) {
        try {
            return run(streams, args).status();
        } catch (PassedOn passed) {
            return passed.status();
        }
    }

    /// Runs one command line.
    ///
    /// @throws PassedOn when it ran a program whose status counts; nothing else
    public static ExitCode run(Streams streams, String... args) {
        return guarded(streams, args, () -> dispatch(Line.of(args, streams)));
    }

    /// Runs this command, whatever the table says. For tests that bring its world along.
    static ExitCode run(Streams streams, Command command, String... args) {
        var entry = Commands.command("command", "under test", () -> command);
        var found = new Found(entry, entry.name(), List.of(args));
        return guarded(streams, args, () -> command(found, streams, false));
    }

    private static ExitCode guarded(Streams streams, String[] args, Callable<ExitCode> work) {
        var errors = new ErrorPrinter(streams.with(mannerOfErrors(streams, args)));
        try {
            ExitCode code = work.call();
            streams.out().flush();
            return code;
        } catch (OutputClosed e) {
            if (e.isBrokenPipe()) {
                return ExitCode.PIPE_CLOSED;
            }
            return errors.print(e);
        } catch (PassedOn passed) {
            throw passed;
        } catch (Exception | StackOverflowError | OutOfMemoryError | LinkageError e) {
            flushWhatIsThere(streams);
            return errors.print(e);
        }
    }

    /// An error may come before the options are read, so these two are looked for by hand.
    private static Streams.Manner mannerOfErrors(Streams streams, String[] args) {
        var options = Arrays.asList(args);
        boolean color = streams.manner().color() && !options.contains("--no-color");
        return new Streams.Manner(color, false, options.contains("--debug"));
    }

    /// Rows that came before the error are the user's.
    private static void flushWhatIsThere(Streams streams) {
        try {
            streams.out().flush();
        } catch (OutputClosed gone) {
            // The error that is being reported matters more.
            return;
        }
    }

    private static ExitCode dispatch(Line line) throws Exception {
        var streams = line.streams();
        var words = line.words();
        if (line.version()) {
            streams.out().println(version());
            return ExitCode.DONE;
        }
        if (words.isEmpty()) {
            (line.help() ? streams.out() : streams.err()).print(Help.all());
            return line.help() ? ExitCode.DONE : ExitCode.USAGE;
        }
        var found = Found.in(words);
        if (found.entry().make() == null) {
            return group(found, line);
        }
        return command(found, line.streams(), line.help());
    }

    private static ExitCode group(Found found, Line line) {
        boolean asked = line.help() || found.rest().equals(List.of("--help"));
        if (!asked && !found.rest().isEmpty() && !found.rest().getFirst().startsWith("-")) {
            throw Help.unknown(found.path(), found.rest().getFirst(), found.entry().children());
        }
        (asked ? line.streams().out() : line.streams().err()).print(Help.of(found));
        return asked ? ExitCode.DONE : ExitCode.USAGE;
    }

    private static ExitCode command(Found found, Streams streams, boolean help) throws Exception {
        var global = new GlobalOptions();
        var command = found.make();
        var parser = parser(found, command, global);
        try {
            parser.parseArgs(help ? new String[] {"--help"} : found.rest().toArray(String[]::new));
        } catch (ParameterException e) {
            throw misused(found, e);
        }
        if (parser.isUsageHelpRequested()) {
            streams.out().print(Help.of(parser));
            return ExitCode.DONE;
        }
        return command.run(streams.with(global.manner(streams)));
    }

    /// The picocli form of one command, with the options that all of them take.
    static CommandLine parser(Found found, Command command, GlobalOptions global) {
        return new CommandLine(command)
                .addMixin("global", global)
                .setCommandName("sfguard " + found.path())
                .setCaseInsensitiveEnumValuesAllowed(true);
    }

    private static CliFailure misused(Found found, ParameterException e) {
        String what = Optional.ofNullable(e.getMessage()).orElse("The arguments make no sense");
        var near =
                e instanceof UnmatchedArgumentException unmatched
                        ? unmatched.getSuggestions()
                        : List.<String>of();
        return CliFailure.usage(
                what + ".",
                near.isEmpty() ? "" : "Did you mean " + near.getFirst() + "?",
                "See: sfguard " + found.path() + " --help");
    }

    /// As the jar's manifest says; a build that was never packed has none.
    static String version() {
        return "sfguard "
                + Optional.ofNullable(Sfguard.class.getPackage().getImplementationVersion())
                        .orElse("(unpacked build)");
    }

    /// A command line without the options that may stand before the first word.
    private record Line(Streams streams, boolean help, boolean version, List<String> words) {

        static Line of(String[] args, Streams streams) {
            var words = new ArrayList<>(Arrays.asList(args));
            var global = new GlobalOptions();
            boolean version = false;
            while (!words.isEmpty() && words.getFirst().startsWith("-")) {
                String option = words.removeFirst();
                switch (option) {
                    case "-h", "--help" -> global.help = true;
                    case "-V", "--version" -> version = true;
                    case "-v", "--verbose" -> global.verbose = true;
                    case "--no-color" -> global.noColor = true;
                    case "--debug" -> global.debug = true;
                    default ->
                            throw CliFailure.usage(
                                    "Unknown option: " + option + ".",
                                    "Before the command stand only --help, --version, -v,"
                                            + " --no-color and --debug.",
                                    "See: sfguard --help");
                }
            }
            if (!words.isEmpty() && words.getFirst().equals("help")) {
                words.removeFirst();
                global.help = true;
            }
            return new Line(streams.with(global.manner(streams)), global.help, version, words);
        }
    }

    /// A command found in the table, how it was called, and what follows.
    record Found(Commands.Entry entry, String path, List<String> rest) {

        static Found in(List<String> words) {
            String first = words.getFirst();
            var entry =
                    Commands.find(first).orElseThrow(() -> Help.unknown("", first, Commands.all()));
            return new Found(entry, first, words.subList(1, words.size())).deepest();
        }

        private Found deepest() {
            if (rest.isEmpty()) {
                return this;
            }
            return entry.child(rest.getFirst())
                    .map(
                            child ->
                                    new Found(
                                                    child,
                                                    path + " " + child.name(),
                                                    rest.subList(1, rest.size()))
                                            .deepest())
                    .orElse(this);
        }

        Command make() {
            var make = entry.make();
            if (make == null) {
                throw new IllegalStateException(path + " is only a group");
            }
            return make.get();
        }
    }
}
