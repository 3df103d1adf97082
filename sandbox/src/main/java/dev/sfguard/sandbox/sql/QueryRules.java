package dev.sfguard.sandbox.sql;

import dev.sfguard.sandbox.sql.Token.Kind;
import java.util.StringJoiner;

/// Clauses and operators of queries that DuckDB spells in another way.
final class QueryRules implements Rule {
    @Override
    public boolean apply(Tokens tokens, int i) {
        Token token = tokens.at(i);
        if (token.isSymbol("->") && tokens.at(i - 1).isName()) {
            tokens.set(i, Token.symbol(":"));
            tokens.insert(i - 1, Token.word("lambda"));
            return true;
        }
        if (token.kind() != Kind.WORD) {
            return false;
        }
        return switch (token.upper()) {
            case "MINUS" -> minus(tokens, i);
            case "TOP" -> top(tokens, i);
            case "LIKE", "ILIKE" -> likeAny(tokens, i);
            case "RLIKE", "REGEXP" -> regexp(tokens, i);
            case "SAMPLE", "TABLESAMPLE" -> sample(tokens, i);
            case "AT", "BEFORE" -> timeTravel(tokens, i);
            case "VALUES" -> values(tokens, i);
            case "NEXTVAL" -> nextValue(tokens, i);
            case "IGNORE" -> ignoreNulls(tokens, i);
            case "MATCH_CONDITION" -> matchCondition(tokens, i);
            case "X" -> hex(tokens, i);
            case "IDENTIFIER" -> identifier(tokens, i);
            case "INFORMATION_SCHEMA" -> informationSchema(tokens, i);
            default -> false;
        };
    }

    private static boolean minus(Tokens tokens, int i) {
        boolean set = tokens.is(i + 1, "SELECT") || tokens.at(i + 1).isSymbol("(");
        if (set) {
            tokens.set(i, Token.word("EXCEPT"));
        }
        return set;
    }

    private static boolean top(Tokens tokens, int i) {
        if (!tokens.is(i - 1, "SELECT") || tokens.at(i + 1).kind() != Kind.NUMBER) {
            return false;
        }
        String rows = tokens.at(i + 1).text();
        tokens.cut(i, i + 2);
        int end = i;
        int depth = 0;
        while (end < tokens.size()) {
            depth += Tokens.depthChange(tokens.at(end));
            if (depth < 0) {
                break;
            }
            end++;
        }
        tokens.insert(end, Token.raw("LIMIT " + rows));
        return true;
    }

    private static boolean likeAny(Tokens tokens, int i) {
        if (!tokens.is(i + 1, "ANY", "(")) {
            return false;
        }
        int start = Operands.start(tokens, i - 1);
        String value = tokens.sql(start, i);
        String operator = tokens.at(i).upper();
        var any = new StringJoiner(" OR ", "(", ")");
        for (var pattern : tokens.arguments(i + 2)) {
            any.add(value + " " + operator + " " + tokens.sql(pattern));
        }
        tokens.replace(start, tokens.close(i + 2) + 1, Token.raw(any.toString()));
        return true;
    }

    private static boolean regexp(Tokens tokens, int i) {
        if (tokens.isCall(i) || tokens.at(i + 1).kind() == Kind.SYMBOL) {
            return false;
        }
        int start = Operands.start(tokens, i - 1);
        String call =
                "regexp_full_match(%s, %s)"
                        .formatted(tokens.sql(start, i), tokens.at(i + 1).toDuckdb());
        tokens.replace(start, i + 2, Token.raw(call));
        return true;
    }

    private static boolean sample(Tokens tokens, int i) {
        int open = tokens.at(i + 1).isSymbol("(") ? i + 1 : i + 2;
        if (!tokens.at(open).isSymbol("(")) {
            return false;
        }
        boolean rows = tokens.is(open + 2, "ROWS");
        String size = tokens.at(open + 1).text() + (rows ? " ROWS" : "%");
        tokens.replace(i, tokens.close(open) + 1, Token.raw("TABLESAMPLE " + size));
        return true;
    }

    /// DuckDB in memory has no past: the table as it is.
    private static boolean timeTravel(Tokens tokens, int i) {
        boolean clause =
                tokens.at(i + 1).isSymbol("(")
                        && tokens.at(i + 3).isSymbol("=>")
                        && tokens.at(i - 1).isName();
        if (clause) {
            tokens.cut(i, tokens.close(i + 1) + 1);
        }
        return clause;
    }

    /// `FROM VALUES (…), (…)` becomes a table of COLUMN1, COLUMN2 …
    private static boolean values(Tokens tokens, int i) {
        boolean table = tokens.is(i - 1, "FROM") || tokens.is(i - 1, "JOIN");
        boolean inner = tokens.at(i - 1).isSymbol("(") && tokens.is(i - 2, "FROM");
        if ((!table && !inner) || !tokens.at(i + 1).isSymbol("(")) {
            return false;
        }
        var names = new StringJoiner(", ", "(", ")");
        for (int k = 1; k <= tokens.arguments(i + 1).size(); k++) {
            names.add("COLUMN" + k);
        }
        int end = tokens.close(i + 1) + 1;
        while (tokens.at(end).isSymbol(",") && tokens.at(end + 1).isSymbol("(")) {
            end = tokens.close(end + 1) + 1;
        }
        if (inner) {
            boolean named = tokens.is(end + 1, "AS") || tokens.at(end + 1).isName();
            if (!named) {
                tokens.insert(end + 1, Token.raw("AS SF_VALUES" + names));
            }
            return !named;
        }
        tokens.insert(end, Token.raw(") AS SF_VALUES" + names));
        tokens.insert(i, Token.raw("("));
        return true;
    }

    private static boolean nextValue(Tokens tokens, int i) {
        if (!tokens.at(i - 1).isSymbol(".")) {
            return false;
        }
        int start = Operands.start(tokens, i - 2);
        String sequence = tokens.sql(start, i - 1).replace(" ", "");
        tokens.replace(start, i + 1, Token.raw("nextval(" + Token.literal(sequence) + ")"));
        return true;
    }

    /// `LAG(x) IGNORE NULLS OVER` becomes `LAG(x IGNORE NULLS) OVER`.
    private static boolean ignoreNulls(Tokens tokens, int i) {
        if (!tokens.is(i + 1, "NULLS") || !tokens.at(i - 1).isSymbol(")")) {
            return false;
        }
        tokens.cut(i, i + 2);
        tokens.insert(i - 1, Token.raw("IGNORE NULLS"));
        return true;
    }

    private static boolean matchCondition(Tokens tokens, int i) {
        if (!tokens.isCall(i)) {
            return false;
        }
        int close = tokens.close(i + 1);
        String condition = tokens.sql(i + 2, close);
        boolean on = tokens.is(close + 1, "ON");
        tokens.replace(
                i, on ? close + 2 : close + 1, Token.raw("ON " + condition + (on ? " AND" : "")));
        return true;
    }

    private static boolean hex(Tokens tokens, int i) {
        boolean literal =
                tokens.at(i + 1).kind() == Kind.STRING
                        && tokens.at(i + 1).start() == tokens.at(i).end();
        if (literal) {
            tokens.replace(i, i + 2, Token.raw("unhex(" + tokens.at(i + 1).toDuckdb() + ")"));
        }
        return literal;
    }

    private static boolean identifier(Tokens tokens, int i) {
        if (!tokens.isCall(i) || tokens.at(i + 2).kind() != Kind.STRING) {
            return false;
        }
        var name = new Tokens(tokens.at(i + 2).text());
        tokens.replace(i, tokens.close(i + 1) + 1, Token.raw(name.sql()));
        return true;
    }

    /// DuckDB has one INFORMATION_SCHEMA for all databases; a database's own shows its part.
    private static boolean informationSchema(Tokens tokens, int i) {
        boolean qualified = tokens.at(i - 1).isSymbol(".") && tokens.at(i - 2).isName();
        if (qualified) {
            tokens.cut(i - 2, i);
        }
        return qualified;
    }
}
