package dev.sfguard.cli.query;

import dev.sfguard.gateway.sql.StatementSplitter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Splits a text into the statements that are sent one by one.
public final class Statements {
    /// A statement may tell the gateway its prompt in a comment before it.
    private static final Pattern OURS =
            Pattern.compile("/\\*\\s*sfguard:", Pattern.CASE_INSENSITIVE);

    private Statements() {}

    /// As written, without the semicolons and the comments between them, but for the comment that
    /// is meant for the gateway.
    public static List<String> of(String text) {
        var statements = new ArrayList<String>();
        int end = 0;
        for (var statement : StatementSplitter.split(text)) {
            String between = text.substring(end, statement.offset());
            var ours = OURS.matcher(between);
            int start = -1;
            while (ours.find()) {
                start = ours.start();
            }
            statements.add((start < 0 ? "" : between.substring(start)) + statement.text());
            end = statement.offset() + statement.text().length();
        }
        return List.copyOf(statements);
    }
}
