package dev.sfguard.cli.approval;

import dev.sfguard.cli.output.Cell;
import dev.sfguard.cli.output.Column;
import dev.sfguard.cli.output.Format;
import dev.sfguard.cli.output.Look;
import dev.sfguard.cli.output.Printable;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// Held statements where nobody looks at a screen: one line for each change, until the reader goes.
final class WatchLines {
    private final RequestFeed feed;
    private final PrintStream out;
    private final Format format;
    private final Look look;
    private final Map<String, HeldStatement> known = new LinkedHashMap<>();

    WatchLines(RequestFeed feed, PrintStream out, Format format, Look look) {
        this.feed = feed;
        this.out = out;
        this.format = format;
        this.look = look;
    }

    void run(PrintStream err) throws IOException {
        boolean away = false;
        try (feed) {
            while (true) {
                try {
                    step();
                    away = false;
                } catch (IOException failed) {
                    if (feed.isOver(failed)) {
                        throw failed;
                    }
                    if (!away) {
                        err.println("The gateway does not answer; trying again.");
                    }
                    away = true;
                    LockSupport.parkNanos(RequestFeed.TRY_AGAIN.toNanos());
                }
            }
        }
    }

    /// Waits for the next news and prints them.
    void step() throws IOException {
        var now = feed.next();
        for (var request : now.reversed()) {
            var before = known.put(request.id(), request);
            if (before == null
                    || !before.state().equals(request.state())
                    || progressed(before, request)) {
                print(request);
            }
        }
        var ids = now.stream().map(HeldStatement::id).toList();
        for (var gone : new ArrayList<>(known.values())) {
            if (!ids.contains(gone.id())) {
                known.remove(gone.id());
                var after = feed.find(gone.id());
                if (after.isPresent()) {
                    print(after.get());
                }
            }
        }
        out.flush();
    }

    private static boolean progressed(HeldStatement before, HeldStatement after) {
        return !before.demands().equals(after.demands());
    }

    private void print(HeldStatement request) {
        switch (format) {
            case JSON, NDJSON -> row(Format.NDJSON, request);
            case CSV, TSV -> row(format, request);
            case TABLE, VERTICAL, MARKDOWN -> out.print(line(request) + "\n");
        }
    }

    /// Headings once would be taken for a change.
    private void row(Format rows, HeldStatement request) {
        var printer = rows.printer(out, look);
        List<Column> columns = RequestTable.columns(false);
        List<Cell> cells = RequestTable.row(request, false);
        if (rows == Format.NDJSON) {
            printer.begin(columns);
        }
        printer.row(cells);
        printer.end();
    }

    private static String line(HeldStatement request) {
        return Printable.line(
                "%s  %-9s  %s  %s  %s  %s"
                        .formatted(
                                request.id(),
                                request.state(),
                                request.requester(),
                                request.connection(),
                                request.rule(),
                                request.statement().lines().findFirst().orElse("")));
    }
}
