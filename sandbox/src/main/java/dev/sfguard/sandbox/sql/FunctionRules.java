package dev.sfguard.sandbox.sql;

import dev.sfguard.sandbox.sql.Token.Kind;
import dev.sfguard.sandbox.sql.Tokens.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Calls whose arguments or names differ beyond what a macro can mend.
final class FunctionRules implements Rule {
    private static final Set<String> UNITS =
            Set.of(
                    "YEAR",
                    "YEARS",
                    "YY",
                    "YYYY",
                    "QUARTER",
                    "QUARTERS",
                    "MONTH",
                    "MONTHS",
                    "MM",
                    "WEEK",
                    "WEEKS",
                    "DAY",
                    "DAYS",
                    "DD",
                    "HOUR",
                    "HOURS",
                    "HH",
                    "MINUTE",
                    "MINUTES",
                    "MI",
                    "SECOND",
                    "SECONDS",
                    "SS",
                    "MILLISECOND",
                    "MILLISECONDS",
                    "MICROSECOND",
                    "DOW",
                    "DAYOFWEEK",
                    "DOY",
                    "DAYOFYEAR",
                    "EPOCH",
                    "EPOCH_SECOND",
                    "WEEKISO");

    private static final Map<String, String> UNIT_NAMES =
            Map.of(
                    "YY",
                    "year",
                    "YYYY",
                    "year",
                    "MM",
                    "month",
                    "DD",
                    "day",
                    "HH",
                    "hour",
                    "MI",
                    "minute",
                    "SS",
                    "second",
                    "DAYOFWEEK",
                    "dow",
                    "DAYOFYEAR",
                    "doy",
                    "EPOCH_SECOND",
                    "epoch");

    private static final Set<String> WITH_UNIT =
            Set.of(
                    "DATEADD",
                    "DATEDIFF",
                    "TIMESTAMPADD",
                    "TIMESTAMPDIFF",
                    "TIMEADD",
                    "TIMEDIFF",
                    "DATE_TRUNC",
                    "DATE_PART");

    /// Functions with a format as their second argument.
    private static final Set<String> WITH_FORMAT =
            Set.of(
                    "TO_CHAR",
                    "TO_VARCHAR",
                    "TO_DATE",
                    "TRY_TO_DATE",
                    "TO_TIMESTAMP",
                    "TO_TIMESTAMP_NTZ",
                    "TRY_TO_TIMESTAMP",
                    "DATE",
                    "TO_TIME");

    /// Names that DuckDB has too, with another meaning: ours must be asked by their full name.
    private static final Set<String> OURS =
            Set.of(
                    "TO_TIMESTAMP",
                    "REGEXP_REPLACE",
                    "DECODE",
                    "RANDOM",
                    "INSERT",
                    "TO_CHAR",
                    "DATEDIFF",
                    "TIMESTAMPDIFF",
                    "TIMEDIFF",
                    "TIMEADD",
                    "HASH",
                    "TO_BINARY",
                    "ARRAY_CONTAINS",
                    "STARTSWITH",
                    "TYPEOF",
                    "TRUNCATE",
                    "ARRAY_SLICE",
                    "ARRAY_APPEND",
                    "ARRAY_DISTINCT",
                    "SPLIT",
                    "TRANSLATE",
                    "TO_JSON",
                    "XOR",
                    "ARRAY_TO_STRING",
                    "LAST_DAY",
                    "DAYNAME",
                    "MONTHNAME");

    private static final Map<String, String> RENAMED =
            Map.of(
                    "OBJECT_CONSTRUCT", "json_object",
                    "OBJECT_CONSTRUCT_KEEP_NULL", "json_object",
                    "ARRAY_CONSTRUCT", "json_array",
                    "SYSTEM$TYPEOF", "SFSYS.main.TYPEOF");

    @Override
    public boolean apply(Tokens tokens, int i) {
        if (!tokens.isCall(i) || isDefinition(tokens, i)) {
            return false;
        }
        String name = tokens.at(i).upper();
        int open = i + 1;
        boolean changed = false;
        if (WITH_UNIT.contains(name)) {
            changed = unit(tokens, open);
        }
        if (WITH_FORMAT.contains(name)) {
            if (format(tokens, i, name)) {
                return true;
            }
        }
        return special(tokens, i, name) || changed;
    }

    private boolean special(Tokens tokens, int i, String name) {
        int open = i + 1;
        int end = tokens.close(open) + 1;
        List<Span> arguments = tokens.arguments(open);
        switch (name) {
            case "CURRENT_TIMESTAMP", "LOCALTIMESTAMP", "CURRENT_DATE", "CURRENT_TIME" ->
                    tokens.replace(i, end, Token.raw(name));
            case "OBJECT_CONSTRUCT" -> {
                if (arguments.size() == 1 && tokens.at(open + 1).isSymbol("*")) {
                    return wholeRow(tokens, i, end);
                }
                tokens.set(i, Token.raw("json_object"));
            }
            case "ARRAY_AGG", "LISTAGG" -> aggregate(tokens, i, name.equals("ARRAY_AGG"));
            case "COUNT" -> {
                return distinctCount(tokens, open);
            }
            case "POSITION" -> {
                if (arguments.size() != 2) {
                    return false;
                }
                tokens.replace(
                        i,
                        end,
                        Token.raw(
                                "instr(%s, %s)"
                                        .formatted(
                                                tokens.sql(arguments.get(1)),
                                                tokens.sql(arguments.get(0)))));
            }
            case "TRUNC" -> {
                if (arguments.size() == 2
                        && tokens.at(arguments.get(1).start()).kind() == Kind.STRING) {
                    String unit = tokens.at(arguments.get(1).start()).toDuckdb();
                    tokens.replace(arguments.get(0).end(), end - 1);
                    tokens.set(i, Token.raw("date_trunc"));
                    tokens.insert(open + 1, Token.raw(unit), Token.symbol(","));
                } else {
                    return false;
                }
            }
            case "TRANSFORM" -> tokens.set(i, Token.raw("list_transform"));
            case "FILTER" -> {
                if (tokens.at(i - 1).isSymbol(")")) {
                    return false;
                }
                tokens.set(i, Token.raw("list_filter"));
            }
            case "RATIO_TO_REPORT" -> {
                return ratio(tokens, i);
            }
            default -> {
                return renamed(tokens, i, name);
            }
        }
        return true;
    }

    private static boolean renamed(Tokens tokens, int i, String name) {
        String other = RENAMED.get(name);
        if (other != null) {
            tokens.set(i, Token.raw(other));
            return true;
        }
        if (OURS.contains(name) && !tokens.at(i - 1).isSymbol(".")) {
            tokens.set(i, Token.raw("SFSYS.main." + Token.quoted(name)));
            return true;
        }
        return false;
    }

    /// `CREATE TABLE t (…)`, `INSERT INTO t (…)`: names, no calls.
    private static boolean isDefinition(Tokens tokens, int i) {
        return tokens.is(i - 1, "TABLE")
                || tokens.is(i - 1, "INTO")
                || tokens.is(i - 1, "THEN")
                || (tokens.is(i, "INSERT") && i == 0);
    }

    private static boolean unit(Tokens tokens, int open) {
        Token token = tokens.at(open + 1);
        boolean bare = token.kind() == Kind.WORD && UNITS.contains(token.upper());
        boolean text = token.kind() == Kind.STRING && UNITS.contains(token.upper());
        if ((!bare && !text) || !tokens.at(open + 2).isSymbol(",")) {
            return false;
        }
        String name =
                UNIT_NAMES.getOrDefault(
                        token.upper(), token.upper().toLowerCase(java.util.Locale.ROOT));
        String singular = name.endsWith("s") ? name.substring(0, name.length() - 1) : name;
        tokens.set(open + 1, Token.raw(Token.literal(singular)));
        return true;
    }

    /// A format must be a constant for DuckDB, so it is translated here and not in a macro.
    private static boolean format(Tokens tokens, int i, String name) {
        List<Span> arguments = tokens.arguments(i + 1);
        if (arguments.size() != 2
                || arguments.get(1).size() != 1
                || tokens.at(arguments.get(1).start()).kind() != Kind.STRING) {
            return false;
        }
        boolean parse = !name.equals("TO_CHAR") && !name.equals("TO_VARCHAR");
        int at = arguments.get(1).start();
        String format = Formats.toStrftime(tokens.at(at).text(), parse);
        tokens.set(at, Token.raw(Token.literal(format)));
        if (!parse) {
            tokens.set(i, Token.raw("strftime"));
            return true;
        }
        String type = name.endsWith("DATE") ? "DATE" : name.endsWith("TIME") ? "TIME" : "TIMESTAMP";
        String read = name.startsWith("TRY") ? "try_strptime" : "strptime";
        tokens.insert(tokens.close(i + 1) + 1, Token.raw("AS " + type + ")"));
        tokens.set(i, Token.raw("CAST(" + read));
        return true;
    }

    /// `OBJECT_CONSTRUCT(*) FROM t` is the row of t.
    private static boolean wholeRow(Tokens tokens, int i, int end) {
        for (int k = end; k < tokens.size(); k++) {
            if (tokens.is(k, "FROM") && tokens.at(k + 1).isName()) {
                int last = k + 1;
                while (tokens.at(last + 1).isSymbol(".")) {
                    last += 2;
                }
                tokens.replace(i, end, Token.raw("to_json(" + tokens.at(last).toDuckdb() + ")"));
                return true;
            }
        }
        return false;
    }

    /// `ARRAY_AGG(x) WITHIN GROUP (ORDER BY y)`: the order moves into the call.
    private static void aggregate(Tokens tokens, int i, boolean array) {
        int close = tokens.close(i + 1);
        if (tokens.is(close + 1, "WITHIN", "GROUP", "(")) {
            int end = tokens.close(close + 3);
            var order = new ArrayList<>(tokens.cut(close + 1, end + 1));
            tokens.insertAll(close, order.subList(3, order.size() - 1));
            close += order.size() - 4;
        }
        if (array) {
            boolean over = tokens.is(close + 1, "OVER");
            tokens.set(i, Token.raw(over ? "list" : "to_json(list"));
            if (!over) {
                tokens.insert(close, Token.symbol(")"));
            }
        } else {
            tokens.set(i, Token.raw("string_agg"));
        }
    }

    private static boolean distinctCount(Tokens tokens, int open) {
        if (!tokens.is(open + 1, "DISTINCT") || tokens.arguments(open).size() < 2) {
            return false;
        }
        int close = tokens.close(open);
        tokens.insert(close, Token.symbol(")"));
        tokens.insert(open + 2, Token.symbol("("));
        return true;
    }

    private static boolean ratio(Tokens tokens, int i) {
        int close = tokens.close(i + 1);
        if (!tokens.is(close + 1, "OVER", "(")) {
            return false;
        }
        String value = tokens.sql(i + 2, close);
        int end = tokens.close(close + 2) + 1;
        String window = tokens.sql(close + 2, end);
        tokens.replace(i, end, Token.raw("(%s / SUM(%s) OVER %s)".formatted(value, value, window)));
        return true;
    }
}
