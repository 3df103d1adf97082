package dev.sfguard.gateway.policy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.sfguard.gateway.policy.Masks.With;
import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.Analyzer;
import dev.sfguard.gateway.sql.Identifier;
import dev.sfguard.gateway.sql.Statement;
import dev.sfguard.gateway.sql.StatementClass;
import dev.sfguard.gateway.yaml.Suggestion;
import dev.sfguard.gateway.yaml.YamlMapping;
import dev.sfguard.gateway.yaml.YamlText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Reads entries of `masks` and `detectors`.
final class MaskReader {
    private static final Map<String, With> KINDS =
            Map.of(
                    "redact", new With.Redact(),
                    "partial", new With.Partial(),
                    "null", new With.Null(),
                    "hash", new With.Hash());

    private static final Set<String> BUILT_IN =
            Set.of("card", "email", "us_ssn", "iban", "phone", "api_key", "private_key");

    private MaskReader() {}

    static Mask mask(YamlMapping mapping) {
        var name = mapping.text("name");
        var who = mapping.optionalMapping("who").map(PeopleReader::read);
        var unless = mapping.optionalMapping("unless").map(PeopleReader::read);
        var columns = PatternReader.columns(mapping, "columns");
        if (!mapping.has("columns")) {
            mapping.problem(
                    mapping.place(), "the key \"columns\" is missing in an entry of \"masks\"");
        }
        var with = with(mapping, true);
        var writes =
                mapping.optionalChoice("writes", Masks.Writes.class).orElse(Masks.Writes.BLOCK);
        mapping.finish();
        RuleChecks.exempted(who, unless, mapping);
        return new Mask(
                name,
                mapping.place().line(),
                who,
                unless,
                columns,
                new Masks.ColumnMask(name, with, writes));
    }

    static Detector detector(YamlMapping mapping) {
        var who = mapping.optionalMapping("who").map(PeopleReader::read);
        var unless = mapping.optionalMapping("unless").map(PeopleReader::read);
        var find = new TreeSet<String>();
        for (var text : mapping.texts("find")) {
            if (BUILT_IN.contains(text.value())) {
                find.add(text.value());
            } else {
                mapping.problem(
                        text.place(),
                        "unknown detector \"%s\"%s"
                                .formatted(text.value(), Suggestion.of(text.value(), BUILT_IN)));
            }
        }
        var patterns =
                mapping.optionalMapping("patterns").map(MaskReader::patterns).orElse(Map.of());
        if (!mapping.has("find") && !mapping.has("patterns")) {
            mapping.problem(mapping.place(), "this finds nothing: give \"find\" or \"patterns\"");
        }
        var with = with(mapping, false);
        mapping.finish();
        RuleChecks.exempted(who, unless, mapping);
        return new Detector(who, unless, new Masks.Detection(find, patterns, with));
    }

    private static Map<String, String> patterns(YamlMapping mapping) {
        var patterns = new LinkedHashMap<String, String>();
        for (var key : mapping.keys()) {
            mapping.placedText(key.value())
                    .filter(regex -> isSound(mapping, key.value(), regex))
                    .ifPresent(regex -> patterns.put(key.value(), regex.value()));
        }
        return patterns;
    }

    private static boolean isSound(YamlMapping mapping, String key, YamlText regex) {
        try {
            if (Pattern.compile(regex.value()).matcher("").matches()) {
                mapping.problem(
                        regex.place(),
                        "this pattern matches the empty text: it would be found everywhere");
                return false;
            }
            return true;
        } catch (PatternSyntaxException e) {
            int at = Math.max(0, regex.value().indexOf(String.valueOf(e.getPattern())));
            mapping.problem(
                    mapping.placeIn(key, 1, regex.value().codePointCount(0, at)),
                    "this is no regular expression of RE2: " + e.getDescription());
            return false;
        }
    }

    /// What cannot be read is replaced by the strictest; the file is refused anyway.
    private static With with(YamlMapping mapping, boolean takesSql) {
        var text = mapping.placedWord("with");
        if (text.isEmpty()) {
            if (!mapping.has("with")) {
                mapping.text("with");
            }
            return new With.Redact();
        }
        String value = text.get().value();
        var known = Optional.ofNullable(KINDS.get(value));
        if (known.isPresent()) {
            return known.get();
        }
        if (!takesSql || Identifier.fold(value).isPresent()) {
            mapping.problem(
                    text.get().place(),
                    "\"with\" must be redact, partial, null%s, not \"%s\"%s"
                            .formatted(
                                    takesSql ? ", hash or an SQL expression" : " or hash",
                                    value,
                                    Suggestion.of(value, KINDS.keySet())));
        } else if (!isExpression(value)) {
            mapping.problem(
                    text.get().place(),
                    "this is no plain SQL expression: it must be one value made of the column, without a query of its own");
        }
        return new With.Expression(value);
    }

    /// The analyzer's floor must see one harmless SELECT with it in brackets, and without.
    private static boolean isExpression(String sql) {
        boolean plain =
                List.of("SELECT (" + sql + ")", "SELECT " + sql).stream()
                        .allMatch(
                                text ->
                                        new Analyzer().analyze(new Statement(text, 0))
                                                        instanceof Analysis.Understood understood
                                                && understood.kind() == StatementClass.SELECT
                                                && understood.classes().size() == 1
                                                && understood.effects().isEmpty()
                                                && understood.signals().isEmpty());
        String words =
                " " + sql.toUpperCase(java.util.Locale.ROOT).replaceAll("[^A-Z0-9_$?]+", " ") + " ";
        return plain
                && List.of(" SELECT ", " FROM ", " WITH ", " UNION ", "?").stream()
                        .noneMatch(words::contains);
    }
}
