package dev.sfguard.sandbox.sql;

import java.util.ArrayList;
import java.util.List;

/// Cuts a text into its statements at semicolons outside literals and comments.
public final class Splitter {
    private Splitter() {}

    /// The statements' own texts, without the semicolons; empty ones are left out.
    ///
    /// @throws SqlSyntaxError when a literal, quoted name or comment is not closed
    public static List<String> split(String text) {
        var statements = new ArrayList<String>();
        int start = 0;
        boolean empty = true;
        for (Token token : Lexer.lex(text)) {
            if (token.isSymbol(";")) {
                if (!empty) {
                    statements.add(text.substring(start, token.start()).strip());
                }
                start = token.end();
                empty = true;
            } else {
                empty = false;
            }
        }
        if (!empty) {
            statements.add(text.substring(start).strip());
        }
        return statements;
    }
}
