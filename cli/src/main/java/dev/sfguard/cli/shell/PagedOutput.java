package dev.sfguard.cli.shell;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where one result goes: through a pager, or straight to the screen when there is none.
final class PagedOutput implements AutoCloseable {
    private final PrintStream stream;
    private final @Nullable Process pager;

    private PagedOutput(PrintStream stream, @Nullable Process pager) {
        this.stream = stream;
        this.pager = pager;
    }

    /// @param command the pager and its arguments; empty for none
    static PagedOutput open(List<String> command, PrintStream screen) {
        if (command.isEmpty()) {
            return new PagedOutput(screen, null);
        }
        try {
            var process =
                    new ProcessBuilder(command)
                            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            var pipe = new Pipe(process.getOutputStream());
            return new PagedOutput(new PrintStream(pipe, false, StandardCharsets.UTF_8), process);
        } catch (IOException missing) {
            // No such program: the screen scrolls.
            return new PagedOutput(screen, null);
        }
    }

    PrintStream stream() {
        return stream;
    }

    @Override
    public void close() {
        if (pager == null) {
            stream.flush();
            return;
        }
        try {
            stream.close();
        } catch (Left seenEnough) {
            // It was quit after the last row was written and before it was read.
            pager.destroy();
        }
        try {
            pager.waitFor();
        } catch (InterruptedException e) {
            pager.destroy();
            Thread.currentThread().interrupt();
        }
    }

    /// The pager was quit.
    static final class Left extends RuntimeException {
        @Serial private static final long serialVersionUID = 1L;

        Left(IOException cause) {
            super(cause);
        }
    }

    /// A `PrintStream` would swallow that the pager is gone.
    private static final class Pipe extends OutputStream {
        private final OutputStream pipe;

        Pipe(OutputStream pipe) {
            this.pipe = pipe;
        }

        @Override
        public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            try {
                pipe.write(bytes, offset, length);
            } catch (IOException e) {
                throw new Left(e);
            }
        }

        @Override
        public void flush() {
            try {
                pipe.flush();
            } catch (IOException e) {
                throw new Left(e);
            }
        }

        @Override
        public void close() {
            try {
                pipe.close();
            } catch (IOException e) {
                throw new Left(e);
            }
        }
    }
}
