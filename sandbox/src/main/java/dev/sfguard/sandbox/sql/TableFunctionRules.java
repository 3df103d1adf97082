package dev.sfguard.sandbox.sql;

import dev.sfguard.sandbox.sql.Token.Kind;

/// Functions in FROM: TABLE(…), GENERATOR, FLATTEN, SPLIT_TO_TABLE.
final class TableFunctionRules implements Rule {
    @Override
    public boolean apply(Tokens tokens, int i) {
        if (!tokens.isCall(i)) {
            return false;
        }
        return switch (tokens.at(i).upper()) {
            case "TABLE" -> unwrap(tokens, i);
            case "GENERATOR" -> generator(tokens, i);
            case "SEQ1", "SEQ2", "SEQ4", "SEQ8" -> {
                tokens.replace(i, tokens.close(i + 1) + 1, Token.raw("SF_ROW"));
                yield true;
            }
            case "FLATTEN" -> flatten(tokens, i);
            case "SPLIT_TO_TABLE" -> {
                tokens.set(i, Token.raw("SFSYS.main.SF_SPLIT_TO_TABLE"));
                yield true;
            }
            default -> false;
        };
    }

    private static boolean unwrap(Tokens tokens, int i) {
        Token before = tokens.at(i - 1);
        boolean source =
                before.is("FROM")
                        || before.is("JOIN")
                        || before.is("LATERAL")
                        || before.isSymbol(",");
        if (!source) {
            return false;
        }
        int close = tokens.close(i + 1);
        tokens.cut(close, close + 1);
        tokens.cut(i, i + 2);
        // What stood inside now stands here.
        boolean _ = new TableFunctionRules().apply(tokens, i);
        return true;
    }

    private static boolean generator(Tokens tokens, int i) {
        String rows = "0";
        for (var argument : tokens.arguments(i + 1)) {
            if (tokens.is(argument.start(), "ROWCOUNT")) {
                rows = tokens.sql(argument.start() + 2, argument.end());
            }
        }
        tokens.replace(
                i,
                tokens.close(i + 1) + 1,
                Token.raw("range(" + rows + ") AS SF_GENERATOR(SF_ROW)"));
        return true;
    }

    /// Keeps the input among the tokens: paths in it are still to be rewritten.
    private static boolean flatten(Tokens tokens, int i) {
        boolean outer = false;
        int start = i + 2;
        int end = tokens.close(i + 1);
        for (var argument : tokens.arguments(i + 1)) {
            boolean named =
                    tokens.at(argument.start()).kind() == Kind.WORD
                            && tokens.at(argument.start() + 1).isSymbol("=>");
            if (!named || tokens.is(argument.start(), "INPUT")) {
                start = named ? argument.start() + 2 : argument.start();
                end = argument.end();
            } else if (tokens.is(argument.start(), "OUTER")) {
                outer = tokens.is(argument.start() + 2, "TRUE");
            }
        }
        int close = tokens.close(i + 1);
        tokens.cut(end, close);
        tokens.insert(end, Token.raw("AS JSON)"));
        tokens.replace(i + 2, start, Token.raw("CAST("));
        tokens.set(i, Token.raw(outer ? "SFSYS.main.SF_FLATTEN_OUTER" : "SFSYS.main.SF_FLATTEN"));
        return true;
    }
}
