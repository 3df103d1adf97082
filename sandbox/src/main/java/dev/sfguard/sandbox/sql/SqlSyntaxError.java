package dev.sfguard.sandbox.sql;

/// Text that is no statement. Says where: lines from 1, positions in the line from 0, as Snowflake
/// counts.
public final class SqlSyntaxError extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String problem;
    private final int line;
    private final int position;

    public SqlSyntaxError(String text, int offset, String message) {
        super(message);
        problem = message;
        int start = Math.clamp(offset, 0, text.length());
        line = 1 + (int) text.substring(0, start).chars().filter(c -> c == '\n').count();
        position = start - 1 - text.lastIndexOf('\n', start - 1);
    }

    public String problem() {
        return problem;
    }

    public int line() {
        return line;
    }

    public int position() {
        return position;
    }
}
