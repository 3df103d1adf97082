package dev.sfguard.sandbox.sql;

import dev.sfguard.sandbox.sql.Token.Kind;
import java.util.Map;
import java.util.Set;

/// Names of types: after `::`, in CAST, and where a table's columns are defined.
final class TypeRules implements Rule {
    /// Those that need no look at what follows them.
    private static final Map<String, String> PLAIN =
            Map.ofEntries(
                    Map.entry("STRING", "VARCHAR"),
                    Map.entry("TEXT", "VARCHAR"),
                    Map.entry("NVARCHAR", "VARCHAR"),
                    Map.entry("NVARCHAR2", "VARCHAR"),
                    Map.entry("CHAR", "VARCHAR"),
                    Map.entry("CHARACTER", "VARCHAR"),
                    Map.entry("NCHAR", "VARCHAR"),
                    Map.entry("VARCHAR", "VARCHAR"),
                    Map.entry("BYTEINT", "BIGINT"),
                    Map.entry("TINYINT", "BIGINT"),
                    Map.entry("SMALLINT", "BIGINT"),
                    Map.entry("INT", "BIGINT"),
                    Map.entry("INTEGER", "BIGINT"),
                    Map.entry("BIGINT", "BIGINT"),
                    Map.entry("FLOAT", "DOUBLE"),
                    Map.entry("FLOAT4", "DOUBLE"),
                    Map.entry("FLOAT8", "DOUBLE"),
                    Map.entry("REAL", "DOUBLE"),
                    Map.entry("BINARY", "BLOB"),
                    Map.entry("VARBINARY", "BLOB"),
                    Map.entry("VARIANT", "JSON"),
                    Map.entry("OBJECT", "JSON"),
                    Map.entry("ARRAY", "JSON"),
                    Map.entry("GEOGRAPHY", "VARCHAR"),
                    Map.entry("GEOMETRY", "VARCHAR"),
                    Map.entry("TIME", "TIME"),
                    Map.entry("DATETIME", "TIMESTAMP"),
                    Map.entry("TIMESTAMP", "TIMESTAMP"),
                    Map.entry("TIMESTAMP_NTZ", "TIMESTAMP"),
                    Map.entry("TIMESTAMPNTZ", "TIMESTAMP"),
                    Map.entry("TIMESTAMP_LTZ", "TIMESTAMPTZ"),
                    Map.entry("TIMESTAMPLTZ", "TIMESTAMPTZ"),
                    Map.entry("TIMESTAMP_TZ", "STRUCT(tz_instant TIMESTAMPTZ, tz_offset INTEGER)"));

    private static final Set<String> NUMBERS = Set.of("NUMBER", "NUMERIC", "DECIMAL", "DEC");

    @Override
    public boolean apply(Tokens tokens, int i) {
        Token token = tokens.at(i);
        if (token.kind() != Kind.WORD || !isTypePlace(tokens, i)) {
            return false;
        }
        String type = token.upper();
        int end = tokens.at(i + 1).isSymbol("(") ? tokens.close(i + 1) + 1 : i + 1;
        if (NUMBERS.contains(type)) {
            if (end == i + 1) {
                tokens.set(i, Token.raw("DECIMAL(38,0)"));
            } else {
                tokens.replace(i, end, Token.raw("DECIMAL" + number(tokens, i + 1)));
            }
            return true;
        }
        if (type.equals("VECTOR") && end > i + 1) {
            String element = tokens.at(i + 2).is("FLOAT") ? "FLOAT" : "INTEGER";
            tokens.replace(i, end, Token.raw(element + "[" + tokens.at(i + 4).text() + "]"));
            return true;
        }
        if (type.equals("DOUBLE")) {
            tokens.replace(i, tokens.is(i + 1, "PRECISION") ? i + 2 : i + 1, Token.raw("DOUBLE"));
            return true;
        }
        String plain = PLAIN.get(type);
        if (plain == null) {
            return false;
        }
        if (type.equals("TIMESTAMP_TZ") && castToZone(tokens, i, end)) {
            return true;
        }
        tokens.replace(i, end, Token.raw(plain));
        return true;
    }

    private static String number(Tokens tokens, int open) {
        var arguments = tokens.arguments(open);
        String scale = arguments.size() > 1 ? tokens.sql(arguments.get(1)) : "0";
        return "(" + tokens.sql(arguments.getFirst()) + "," + scale + ")";
    }

    /// `x::TIMESTAMP_TZ` becomes a call: a struct is not what DuckDB casts text to.
    private static boolean castToZone(Tokens tokens, int i, int end) {
        if (!tokens.at(i - 1).isSymbol("::")) {
            return false;
        }
        int start = Operands.start(tokens, i - 2);
        String operand = tokens.sql(start, i - 1);
        tokens.replace(
                start,
                end,
                Token.raw("SFSYS.main.TO_TIMESTAMP_TZ(CAST(" + operand + " AS VARCHAR))"));
        return true;
    }

    private static boolean isTypePlace(Tokens tokens, int i) {
        if (tokens.at(i - 1).isSymbol("::") || tokens.is(i - 1, "RETURNS")) {
            return true;
        }
        if (tokens.is(i - 1, "AS")) {
            return inCast(tokens, i);
        }
        boolean defines =
                (tokens.is(0, "CREATE") && tokens.contains("TABLE"))
                        || tokens.startsWith("ALTER", "TABLE");
        boolean afterName =
                tokens.at(i - 1).isName()
                        && (tokens.at(i - 2).isSymbol("(")
                                || tokens.at(i - 2).isSymbol(",")
                                || tokens.is(i - 2, "COLUMN")
                                || tokens.is(i - 2, "ADD")
                                || tokens.is(i - 2, "EXISTS"));
        boolean altersType =
                tokens.is(i - 1, "TYPE") && (tokens.is(i - 2, "DATA") || tokens.is(i - 2, "SET"));
        return defines && (afterName || altersType) && !tokens.at(i + 1).isSymbol(".");
    }

    private static boolean inCast(Tokens tokens, int i) {
        int depth = 0;
        for (int k = i - 1; k >= 0; k--) {
            depth += Tokens.depthChange(tokens.at(k));
            if (depth == 1) {
                return tokens.is(k - 1, "CAST") || tokens.is(k - 1, "TRY_CAST");
            }
        }
        return false;
    }
}
