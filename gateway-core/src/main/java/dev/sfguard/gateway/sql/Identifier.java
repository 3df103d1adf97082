package dev.sfguard.gateway.sql;

import java.util.Optional;

/// Names of Snowflake's objects.
public final class Identifier {
    private Identifier() {}

    /// A folded name as a quoted identifier.
    public static String quote(String folded) {
        return '"' + folded.replace("\"", "\"\"") + '"';
    }

    /// The name as Snowflake keeps it: upper case, or the content of a quoted one. Empty when
    /// this is not exactly one identifier.
    public static Optional<String> fold(String written) {
        var tokens = Lexer.read(written);
        boolean one = tokens.doubt() == null && tokens.size() == 1 && tokens.isName(0);
        return one ? Optional.of(tokens.name(0)) : Optional.empty();
    }
}
