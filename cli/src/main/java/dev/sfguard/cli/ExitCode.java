package dev.sfguard.cli;

/// What the command's exit status says. Scripts branch on these: a number never changes its
/// meaning.
public enum ExitCode {
    DONE(0, "all done"),
    INTERNAL(1, "internal error"),
    USAGE(2, "wrong usage"),
    UNREACHABLE(3, "gateway or Snowflake not reachable"),
    PROTOCOL(4, "TLS, host key or protocol fault"),
    SQL_ERROR(5, "Snowflake answered a SQL error"),
    LOGIN(10, "login needed, expired or refused"),
    BLOCKED(11, "blocked by policy; nothing was sent"),
    PENDING(12, "approval needed and pending"),
    DENIED(13, "approval denied"),
    WAIT_TIMED_OUT(14, "wait for an approval timed out"),
    STALE(15, "approval expired or the statement changed since"),
    NOT_RECORDED(16, "recording not durable, so refused"),
    LIMIT(17, "a limit was hit (rows, bytes, rate)"),
    PARTIAL(18, "partial: --continue-on-error, and some statements succeeded"),
    INTERRUPTED(130, "interrupted; the statement was aborted upstream"),
    PIPE_CLOSED(141, "the reader of the output went away; nothing more was run"),
    TERMINATED(143, "terminated; the statement was aborted upstream");

    private final int status;
    private final String meaning;

    ExitCode(int status, String meaning) {
        this.status = status;
        this.meaning = meaning;
    }

    public int status() {
        return status;
    }

    public String meaning() {
        return meaning;
    }
}
