package dev.sfguard.sandbox.sql;

import dev.sfguard.sandbox.sql.Token.Kind;

/// Paths into semi-structured values: `v:a.b[0].c`, `v['n']`.
final class PathRule implements Rule {
    @Override
    public boolean apply(Tokens tokens, int i) {
        if (tokens.at(i).isSymbol(":")
                && tokens.at(i + 1).isName()
                && isValue(tokens.at(i - 1))
                && !isLambda(tokens, i)) {
            int start = Operands.start(tokens, i - 1);
            return rewrite(tokens, start, i, path(tokens, i));
        }
        boolean index =
                tokens.at(i).isSymbol("[")
                        && tokens.at(i + 1).kind() == Kind.STRING
                        && tokens.at(i + 2).isSymbol("]")
                        && isValue(tokens.at(i - 1));
        return index && rewrite(tokens, Operands.start(tokens, i - 1), i, path(tokens, i));
    }

    private record Path(String json, int end) {}

    private static Path path(Tokens tokens, int from) {
        var path = new StringBuilder("$");
        int i = from;
        while (true) {
            boolean key =
                    (tokens.at(i).isSymbol(":") || tokens.at(i).isSymbol("."))
                            && tokens.at(i + 1).isName();
            if (key) {
                path.append(".\"").append(tokens.at(i + 1).text()).append('"');
                i += 2;
            } else if (tokens.at(i).isSymbol("[") && tokens.at(i + 2).isSymbol("]")) {
                Token inside = tokens.at(i + 1);
                path.append(
                        inside.kind() == Kind.STRING
                                ? ".\"" + inside.text() + "\""
                                : "[" + inside.text() + "]");
                i += 3;
            } else {
                return new Path(path.toString(), i);
            }
        }
    }

    private static boolean rewrite(Tokens tokens, int start, int colon, Path path) {
        // A cast reads the text of the value, not its JSON spelling.
        String arrow = tokens.at(path.end()).isSymbol("::") ? "->>" : "->";
        String sql =
                "(CAST(%s AS JSON) %s %s)"
                        .formatted(tokens.sql(start, colon), arrow, Token.literal(path.json()));
        tokens.replace(start, path.end(), Token.raw(sql));
        return true;
    }

    private static boolean isValue(Token token) {
        return token.isName()
                || token.kind() == Kind.RAW
                || token.isSymbol(")")
                || token.isSymbol("]");
    }

    private static boolean isLambda(Tokens tokens, int i) {
        return tokens.is(i - 2, "LAMBDA");
    }
}
