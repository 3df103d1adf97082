package dev.sfguard.cli;

/// One command of the table in {@link Commands}: a picocli class whose fields are its options.
public interface Command {

    /// Does the work. What went wrong is thrown as a {@link CliFailure}, or as one of the agent's
    /// typed failures, which {@link Failures} explains.
    ExitCode run(Streams streams) throws Exception;
}
