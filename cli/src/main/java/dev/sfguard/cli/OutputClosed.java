package dev.sfguard.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;

/// Standard output cannot be written any more. A `PrintStream` swallows an `IOException`, so it
/// travels unchecked.
final class OutputClosed extends UncheckedIOException {
    private static final long serialVersionUID = 1L;

    private final String why;

    OutputClosed(IOException cause) {
        super(cause);
        this.why = Objects.requireNonNullElse(cause.getMessage(), "write failed");
    }

    /// The reader went away (`… | head`): nobody is left to tell.
    boolean isBrokenPipe() {
        return why.contains("Broken pipe");
    }

    /// As the system words it.
    String why() {
        return why;
    }
}
