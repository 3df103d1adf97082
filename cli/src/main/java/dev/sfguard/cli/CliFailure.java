package dev.sfguard.cli;

import org.jspecify.annotations.Nullable;

/// Ends a command with an exit code and three sentences: what went wrong, why, what to do next.
/// Printed once, by {@link Sfguard}; a sentence that has nothing to say is empty.
public final class CliFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode code;
    private final String what;
    private final String why;
    private final String next;

    public CliFailure(ExitCode code, String what, String why, String next) {
        this(code, what, why, next, null);
    }

    public CliFailure(
            ExitCode code, String what, String why, String next, @Nullable Throwable cause) {
        super(what, cause);
        this.code = code;
        this.what = what;
        this.why = why;
        this.next = next;
    }

    /// The arguments make no sense; nothing was done.
    public static CliFailure usage(String what, String why, String next) {
        return new CliFailure(ExitCode.USAGE, what, why, next);
    }

    public ExitCode code() {
        return code;
    }

    public String what() {
        return what;
    }

    public String why() {
        return why;
    }

    public String next() {
        return next;
    }
}
