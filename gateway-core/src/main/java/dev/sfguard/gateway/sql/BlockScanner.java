package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.Tokens.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Finds where statements end: at a semicolon that stands in no scripting block. A depth that
/// is counted wrong hides nothing: one too low cuts a block in pieces that are judged alone
/// (its `END` is an unknown statement), one too high leaves a block without end, which is
/// refused.
final class BlockScanner {
    private static final Set<String> OPENS_BLOCK =
            Set.of("IF", "CASE", "FOR", "WHILE", "LOOP", "REPEAT");

    /// Words behind which, inside of a block, the next statement begins.
    private static final Set<String> BEFORE_STATEMENT =
            Set.of("THEN", "ELSE", "DO", "BEGIN", "LOOP", "REPEAT", "DECLARE");

    /// Statements that may carry a block behind `AS`.
    private static final Set<String> CARRIES_BLOCK =
            Set.of("CREATE", "ALTER", "WITH", "BEGIN", "DECLARE");

    private final Tokens tokens;
    private final List<Range> ranges = new ArrayList<>();
    private int start = -1;
    private String firstWord = "";
    private boolean carriesBlock;
    private String previousWord = "";
    private int depth;
    private boolean declares;
    private boolean unclosed;

    private BlockScanner(Tokens tokens) {
        this.tokens = tokens;
    }

    /// @param statements the ranges of the text's statements, none of them empty
    /// @param unclosed a block was opened that does not end before its statement's text does
    record Split(List<Range> statements, boolean unclosed) {}

    static Split split(Tokens tokens) {
        var scanner = new BlockScanner(tokens);
        scanner.scan();
        return new Split(scanner.ranges, scanner.unclosed);
    }

    /// `BEGIN` starts a transaction and no block when it stands alone or before one of its
    /// options.
    static boolean beginsTransaction(Tokens tokens, int begin) {
        Kind next = tokens.kind(begin + 1);
        return next == Kind.END
                || next == Kind.SEMICOLON
                || tokens.is(begin + 1, "TRANSACTION")
                || tokens.is(begin + 1, "WORK")
                || tokens.is(begin + 1, "NAME");
    }

    private void scan() {
        int k = 0;
        while (k < tokens.size()) {
            Kind kind = tokens.kind(k);
            if (kind == Kind.SEMICOLON && depth == 0 && !declares) {
                finish(k);
                k++;
                continue;
            }
            if (start < 0) {
                start = k;
                firstWord = tokens.word(k);
                carriesBlock = CARRIES_BLOCK.contains(firstWord);
            }
            String word = tokens.word(k);
            k = word.isEmpty() ? k + 1 : word(k, word);
            previousWord = word;
        }
        finish(tokens.size());
    }

    private void finish(int end) {
        unclosed |= depth > 0 || declares;
        if (start >= 0) {
            ranges.add(new Range(start, end));
        }
        start = -1;
        depth = 0;
        declares = false;
        previousWord = "";
    }

    /// Counts what the word opens or closes; returns the next token to look at.
    private int word(int k, String word) {
        if (tokens.isOperator(k - 1, ".")) {
            return k + 1;
        }
        boolean boundary = isBoundary(k);
        switch (word) {
            case "DECLARE" -> {
                if (boundary && tokens.kind(k + 1) != Kind.SEMICOLON) {
                    declares = true;
                }
            }
            case "BEGIN" -> {
                if (boundary && !beginsTransaction(tokens, k)) {
                    depth++;
                    declares = false;
                }
            }
            case "END" -> {
                if (depth > 0) {
                    depth--;
                    return OPENS_BLOCK.contains(tokens.word(k + 1)) ? k + 2 : k + 1;
                }
            }
            case "CASE" -> {
                // An expression's CASE has its END too.
                if (depth > 0 || k == start) {
                    depth++;
                }
            }
            case "IF", "FOR", "WHILE", "LOOP", "REPEAT" -> {
                if (k == start || (depth > 0 && boundary)) {
                    depth++;
                }
            }
            default -> {}
        }
        return k + 1;
    }

    private boolean isBoundary(int k) {
        return k == start
                || tokens.kind(k - 1) == Kind.SEMICOLON
                || ((depth > 0 || declares) && BEFORE_STATEMENT.contains(previousWord))
                || (carriesBlock && previousWord.equals("AS"));
    }
}
