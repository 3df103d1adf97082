package dev.sfguard.gateway.sql;

import java.util.ArrayList;
import java.util.List;

/// Holds a parser to its input: what it read, written out again, must have the very tokens that
/// it was given. A parser that dropped a clause or cut a text in another place does not pass.
final class IntegrityGate {
    private IntegrityGate() {}

    static boolean passes(String canonical, String written) {
        return tokens(canonical).equals(tokens(written));
    }

    private static List<String> tokens(String sql) {
        var tokens = Lexer.read(sql);
        if (tokens.doubt() != null) {
            return List.of("?", sql);
        }
        var texts = new ArrayList<String>(tokens.size());
        for (int k = 0; k < tokens.size(); k++) {
            String word = tokens.word(k);
            texts.add(word.isEmpty() ? tokens.text(k) : word);
        }
        return texts;
    }
}
