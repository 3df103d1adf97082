package dev.sfguard.cli;

import dev.sfguard.agent.AgentFailure;
import java.io.IOException;

/// Explains what other parts throw: each of their typed failures becomes an exit code and three
/// sentences. What is not known here is our own fault, and says so.
final class Failures {
    private Failures() {}

    static CliFailure of(Throwable error) {
        return switch (error) {
            case CliFailure failure -> failure;
            case AgentFailure failure -> AgentFailures.of(failure);
            case OutputClosed closed ->
                    new CliFailure(
                            ExitCode.INTERNAL,
                            "The output could not be written.",
                            closed.why() + ".",
                            "Is the disk full? Part of the output may be missing.",
                            closed);
            case InterruptedException interrupted ->
                    new CliFailure(ExitCode.INTERRUPTED, "Interrupted.", "", "", interrupted);
            case IOException io ->
                    new CliFailure(
                            ExitCode.INTERNAL,
                            "A file or a connection failed.",
                            sentence(io),
                            "Run it again with --debug to see where.",
                            io);
            default ->
                    new CliFailure(
                            ExitCode.INTERNAL,
                            "Internal error: " + sentence(error),
                            "This is a fault of sfguard, not of yours.",
                            "Run it again with --debug and report what it prints.",
                            error);
        };
    }

    /// An exception's class says what happened, its message where: `NoSuchFileException: a.sql`.
    private static String sentence(Throwable error) {
        String message = error.getMessage();
        String kind = error.getClass().getSimpleName();
        return message == null || message.isBlank() ? kind : kind + ": " + message;
    }
}
