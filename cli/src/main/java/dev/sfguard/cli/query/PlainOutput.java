package dev.sfguard.cli.query;

import dev.sfguard.cli.output.Format;
import dev.sfguard.cli.output.Look;
import java.io.PrintStream;
import java.sql.SQLException;

/// Only rows: one result after the other, with an empty line between. Lines of JSON follow each
/// other without one, as every line stands for itself.
public final class PlainOutput implements QueryOutput {
    private final PrintStream out;
    private final Format format;
    private final Look look;
    private boolean first = true;

    public PlainOutput(PrintStream out, Format format, Look look) {
        this.out = out;
        this.format = format;
        this.look = look;
    }

    @Override
    public long read(String queryId, ResultRows rows) throws SQLException {
        if (!first && format != Format.NDJSON) {
            out.print("\n");
        }
        first = false;
        return rows.printTo(format.printer(out, look));
    }
}
