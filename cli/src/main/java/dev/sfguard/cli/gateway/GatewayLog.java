package dev.sfguard.cli.gateway;

import dev.sfguard.cli.Streams;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;

/// The gateway's log: one line an event on standard error, time in UTC first. Stack traces only
/// with `--debug`; no statement text and no secret is ever logged.
final class GatewayLog {
    /// Held here, since a logger without a strong reference loses its level.
    private static final Logger ROOT = Logger.getLogger("");

    private static final Logger OURS = Logger.getLogger("dev.sfguard");

    private GatewayLog() {}

    static void toStderr(Streams streams) {
        for (Handler handler : ROOT.getHandlers()) {
            ROOT.removeHandler(handler);
        }
        ROOT.setLevel(Level.WARNING);
        OURS.setLevel(streams.manner().verbose() ? Level.FINE : Level.INFO);
        var handler = new Flushing(streams);
        handler.setLevel(Level.ALL);
        ROOT.addHandler(handler);
    }

    /// Each line leaves at once: the last one before a crash is the one that matters.
    private static final class Flushing extends StreamHandler {
        Flushing(Streams streams) {
            super(streams.err(), new OneLine(streams.manner().debug()));
        }

        @Override
        public synchronized void publish(LogRecord record) {
            super.publish(record);
            flush();
        }
    }

    private static final class OneLine extends Formatter {
        private final boolean traces;

        OneLine(boolean traces) {
            this.traces = traces;
        }

        @Override
        public String format(LogRecord record) {
            var thrown = record.getThrown();
            String why = thrown == null ? "" : ": " + thrown;
            return "%s %-7s %s%s%n%s"
                    .formatted(
                            record.getInstant(),
                            record.getLevel(),
                            formatMessage(record).replace("\n", "\\n"),
                            why.replace("\n", "\\n"),
                            thrown != null && traces ? trace(thrown) : "");
        }

        private static String trace(Throwable thrown) {
            var text = new StringWriter();
            thrown.printStackTrace(new PrintWriter(text));
            return text.toString();
        }
    }
}
