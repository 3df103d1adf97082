package dev.sfguard.cli.shell;

import dev.sfguard.cli.ExitCode;
import dev.sfguard.cli.output.Printable;
import dev.sfguard.cli.query.QueryFailure;
import dev.sfguard.cli.query.SnowflakeSession;
import java.util.ArrayList;

/// What the shell says after a statement.
final class Explanation {
    private static final String RED = "\u001b[31m";
    private static final String PLAIN = "\u001b[0m";

    private Explanation() {}

    static String summary(SnowflakeSession.Outcome outcome) {
        return "(" + outcome.summary() + ")";
    }

    /// Several lines: what became of the statement, the server's words, the place, what next.
    static String of(QueryFailure failure, boolean color) {
        var lines = new ArrayList<String>();
        String headline =
                failure.isWithheld()
                        ? "Blocked by policy: Snowflake ran it, and its result is withheld."
                        : headline(failure.exitCode());
        String text = Printable.lines(failure.text());
        String first = headline.isEmpty() ? text : headline;
        lines.add(color ? RED + first + PLAIN : first);
        if (!headline.isEmpty()) {
            lines.add(text.indent(2).stripTrailing());
        }
        if (!failure.place().isEmpty()) {
            lines.add(Printable.lines(failure.place()).indent(2).stripTrailing());
        }
        if (!failure.next().isEmpty()) {
            lines.add("  " + failure.next());
        }
        return String.join("\n", lines);
    }

    private static String headline(ExitCode code) {
        return switch (code) {
            case BLOCKED -> "Blocked by policy: nothing was sent to Snowflake.";
            case PENDING -> "Waiting for approval: nothing was sent to Snowflake yet.";
            case DENIED -> "Denied by an approver: nothing was sent to Snowflake.";
            case STALE, WAIT_TIMED_OUT -> "The approval does not hold any more.";
            case NOT_RECORDED -> "Refused: it could not be recorded.";
            case LIMIT -> "Stopped at a limit.";
            case INTERRUPTED, TERMINATED -> "Aborted, upstream too.";
            case LOGIN -> "Your sign-in does not hold any more.";
            case UNREACHABLE, PROTOCOL -> "The gateway did not answer as it should.";
            case DONE, INTERNAL, USAGE, SQL_ERROR, PARTIAL, PIPE_CLOSED -> "";
        };
    }
}
