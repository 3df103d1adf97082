package dev.sfguard.cli.query;

import dev.sfguard.cli.CliFailure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `-D name=value`: `<% name %>` in the SQL becomes the value as a quoted literal, which no value
/// can break out of; `<% name | raw %>` becomes the value as it is, for names and numbers.
///
/// Without any `-D` the SQL is left as it is.
public final class Variables {
    private static final Pattern PLACE =
            Pattern.compile("<%\\s*([A-Za-z_][A-Za-z0-9_]*)\\s*(\\|\\s*raw\\s*)?%>");

    private final Map<String, String> values;

    private Variables(Map<String, String> values) {
        this.values = values;
    }

    /// @param definitions as written: `name=value`
    public static Variables of(List<String> definitions) {
        var values = new LinkedHashMap<String, String>();
        for (String definition : definitions) {
            int equals = definition.indexOf('=');
            if (equals < 1) {
                throw CliFailure.usage(
                        "-D takes name=value, not \"" + definition + "\".",
                        "",
                        "Example: -D day=2026-11-23, used as <% day %> in the SQL.");
            }
            values.put(definition.substring(0, equals), definition.substring(equals + 1));
        }
        return new Variables(values);
    }

    public String fill(String sql) {
        if (values.isEmpty()) {
            return sql;
        }
        return PLACE.matcher(sql).replaceAll(place -> Matcher.quoteReplacement(value(place)));
    }

    private String value(MatchResult place) {
        String value = values.get(place.group(1));
        if (value == null) {
            throw CliFailure.usage(
                    "The SQL uses <% " + place.group(1) + " %>, which has no value.",
                    "Known are: " + String.join(", ", values.keySet()) + ".",
                    "Give it one: -D " + place.group(1) + "=…");
        }
        boolean raw = place.group(2) != null;
        // In Snowflake's literals a backslash escapes too.
        return raw ? value : "'" + value.replace("\\", "\\\\").replace("'", "''") + "'";
    }
}
