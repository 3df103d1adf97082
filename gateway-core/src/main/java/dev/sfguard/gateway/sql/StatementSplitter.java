package dev.sfguard.gateway.sql;

import java.util.ArrayList;
import java.util.List;

/// Splits a request's text at the semicolons outside of scripting blocks, as Snowflake does
/// when it accepts several statements.
public final class StatementSplitter {
    /// More statements than this in one text are refused whole: each costs a decision and an
    /// event.
    static final int MOST = 1_000;

    private StatementSplitter() {}

    /// Never throws. A text that cannot be read with certainty, or that holds more than 1,000
    /// statements, comes back as one statement, which the analyzer finds opaque. A text of
    /// blanks, comments and semicolons has no statements.
    public static List<Statement> split(String text) {
        var tokens = Lexer.read(text);
        if (tokens.doubt() != null) {
            return List.of(new Statement(text, 0));
        }
        var ranges = BlockScanner.split(tokens).statements();
        if (ranges.size() > MOST) {
            return List.of(new Statement(text, 0));
        }
        var statements = new ArrayList<Statement>(ranges.size());
        for (var range : ranges) {
            int start = tokens.start(range.from());
            int end = tokens.end(range.to() - 1);
            statements.add(new Statement(text.substring(start, end), start));
        }
        return List.copyOf(statements);
    }
}
