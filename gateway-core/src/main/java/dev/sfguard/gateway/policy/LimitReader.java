package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.yaml.YamlMapping;

/// Reads one entry of `limits`.
final class LimitReader {
    private static final long MOST = 1_000_000_000_000L;

    private LimitReader() {}

    /// @param number of the entry, from 1: the name of one that has none
    static Limit read(YamlMapping mapping, int number) {
        var who = mapping.optionalMapping("who").map(PeopleReader::read);
        var unless = mapping.optionalMapping("unless").map(PeopleReader::read);
        var limit =
                new Limit(
                        mapping.text("name", "limit-" + number),
                        mapping.place().line(),
                        who,
                        unless,
                        mapping.optionalNumber("rows_per_statement", 1, MOST),
                        mapping.optionalNumber("rows_per_day", 1, MOST),
                        mapping.optionalNumber("statements_per_minute", 1, MOST),
                        mapping.optionalChoice("excess", Limits.Excess.class)
                                .orElse(Limits.Excess.CUT));
        mapping.finish();
        RuleChecks.exempted(who, unless, mapping);
        boolean rows = mapping.has("rows_per_statement") || mapping.has("rows_per_day");
        if (!rows && !mapping.has("statements_per_minute")) {
            mapping.problem(
                    mapping.place(),
                    "this limits nothing: give rows_per_statement, rows_per_day or"
                            + " statements_per_minute");
        }
        if (mapping.has("excess") && !rows) {
            mapping.problem(
                    mapping.placeOf("excess"),
                    "\"excess\" goes with rows_per_statement or rows_per_day");
        }
        return limit;
    }
}
