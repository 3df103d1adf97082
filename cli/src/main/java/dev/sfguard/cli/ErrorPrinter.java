package dev.sfguard.cli;

import dev.sfguard.cli.output.Printable;

/// The one place that prints errors: what, why, what next, a line each. A stack trace only with
/// `--debug`.
final class ErrorPrinter {
    private static final String RED = "\u001b[31m";
    private static final String PLAIN = "\u001b[0m";

    private final Streams streams;

    ErrorPrinter(Streams streams) {
        this.streams = streams;
    }

    /// @return the code that the process should end with
    ExitCode print(Throwable error) {
        CliFailure failure = Failures.of(error);
        String what = "sfguard: " + Printable.lines(failure.what());
        var err = streams.err();
        err.println(streams.colorErr() ? RED + what + PLAIN : what);
        sentence(failure.why());
        sentence(failure.next());
        if (streams.manner().debug()) {
            error.printStackTrace(err);
        }
        err.flush();
        return failure.code();
    }

    private void sentence(String text) {
        if (!text.isEmpty()) {
            streams.err().println(Printable.lines(text).indent(2).stripTrailing());
        }
    }
}
