package dev.sfguard.cli;

import picocli.CommandLine.Option;

/// The options that every command takes.
final class GlobalOptions {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    @Option(
            names = {"-v", "--verbose"},
            description = "Show counts and times also where nobody watches.")
    boolean verbose;

    @Option(
            names = "--no-color",
            description = "No colors; NO_COLOR in the environment does it too.")
    boolean noColor;

    @Option(names = "--debug", description = "Print stack traces of errors.")
    boolean debug;

    Streams.Manner manner(Streams streams) {
        return new Streams.Manner(
                streams.manner().color() && !noColor,
                streams.manner().verbose() || verbose,
                streams.manner().debug() || debug);
    }
}
