package dev.sfguard.cli;

import dev.sfguard.cli.output.Printable;
import dev.sfguard.cli.query.Meanwhile;
import dev.sfguard.cli.query.QueryFailure;
import dev.sfguard.cli.query.QueryOutput;
import dev.sfguard.cli.query.SnowflakeSession;
import java.util.List;

/// Runs the statements of one `exec` in order, and says how that went.
final class StatementRun {
    private final SnowflakeSession session;
    private final Meanwhile meanwhile;
    private final QueryOutput output;
    private final Streams streams;
    private final boolean continueOnError;
    private final boolean waits;

    /// @param waits whether what is pending in the end was waited for
    StatementRun(
            SnowflakeSession session,
            Meanwhile meanwhile,
            QueryOutput output,
            Streams streams,
            boolean continueOnError,
            boolean waits) {
        this.session = session;
        this.meanwhile = meanwhile;
        this.output = output;
        this.streams = streams;
        this.continueOnError = continueOnError;
        this.waits = waits;
    }

    /// @return {@link ExitCode#PARTIAL} when some failed and some succeeded, else the first
    ///     failure's code
    ExitCode all(List<String> statements) {
        ExitCode first = ExitCode.DONE;
        int succeeded = 0;
        for (int i = 0; i < statements.size(); i++) {
            try {
                one(statements.get(i));
                succeeded++;
            } catch (QueryFailure failure) {
                var e = waits ? failure.afterWait() : failure;
                output.failed(e);
                first = first == ExitCode.DONE ? e.exitCode() : first;
                streams.out().flush();
                report(i + 1, statements.size(), e);
                if (!continueOnError || e.exitCode() == ExitCode.INTERRUPTED) {
                    break;
                }
            }
        }
        output.end();
        streams.out().flush();
        boolean partial = continueOnError && first != ExitCode.DONE && succeeded > 0;
        return partial ? ExitCode.PARTIAL : first;
    }

    private void one(String statement) throws QueryFailure {
        output.begin();
        SnowflakeSession.Outcome outcome;
        try (var watch = meanwhile.watch(session.number())) {
            outcome =
                    session.run(
                            statement,
                            (id, rows) -> {
                                watch.end();
                                return output.read(id, rows);
                            });
        }
        output.done(outcome);
        if (streams.chatty()) {
            streams.out().flush();
            streams.err().println(outcome.summary());
        }
        if (outcome.note().isPresent()) {
            streams.out().flush();
            streams.err().println("Note: " + Printable.line(outcome.note().get()) + ".");
        }
    }

    /// The error printer prints a run's last word; here several may go wrong.
    private void report(int number, int all, QueryFailure e) {
        new ErrorPrinter(streams).print(explained(e));
        if (all > 1) {
            boolean last = continueOnError || number == all;
            String rest = last ? "." : "; the rest was not run.";
            streams.err().println("  Statement " + number + " of " + all + rest);
        }
    }

    static CliFailure explained(QueryFailure e) {
        return new CliFailure(e.exitCode(), e.text(), e.place(), e.next(), e);
    }
}
