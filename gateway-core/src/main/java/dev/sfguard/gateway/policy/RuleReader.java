package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.sql.Identifier;
import dev.sfguard.gateway.yaml.Suggestion;
import dev.sfguard.gateway.yaml.YamlMapping;
import dev.sfguard.gateway.yaml.YamlText;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Reads one entry of `rules`.
final class RuleReader {
    private static final Set<String> VOCABULARY = StatementMatcher.vocabulary();

    private final YamlMapping mapping;

    RuleReader(YamlMapping mapping) {
        this.mapping = mapping;
    }

    Rule read() {
        var name = mapping.text("name");
        var who = mapping.optionalMapping("who").map(RuleReader::people);
        var unless = mapping.optionalMapping("unless").map(RuleReader::people);
        var match = mapping.optionalMapping("match");
        var verdict = mapping.optionalChoice("effect", Rule.Verdict.class);
        if (!mapping.has("effect")) {
            mapping.text("effect");
        }
        var rule =
                new Rule(
                        name,
                        mapping.place().line(),
                        who,
                        unless,
                        match.map(RuleReader::statement).orElse(new StatementMatcher.Any()),
                        match.flatMap(m -> m.optionalTruth("has_where")),
                        match.map(m -> m.textSet("connection")).orElse(Set.of()),
                        match.map(RuleReader::roles).orElse(Set.of()),
                        verdict.orElse(Rule.Verdict.BLOCK),
                        mapping.optionalText("message"));
        match.ifPresent(YamlMapping::finish);
        mapping.finish();
        return rule;
    }

    private static People people(YamlMapping mapping) {
        var kinds = EnumSet.noneOf(Identity.Kind.class);
        kind(mapping, "agents", Identity.Kind.AGENT, kinds);
        kind(mapping, "humans", Identity.Kind.HUMAN, kinds);
        var people = new People(mapping.textSet("users"), mapping.textSet("groups"), kinds);
        mapping.finish();
        if (mapping.keys().isEmpty()) {
            mapping.problem(
                    mapping.place(), "this names nobody: give users, groups, agents or humans");
        }
        return people;
    }

    private static void kind(
            YamlMapping mapping, String key, Identity.Kind kind, Set<Identity.Kind> kinds) {
        var wanted = mapping.optionalTruth(key);
        if (wanted.isPresent() && !wanted.get()) {
            mapping.problem(key, "\"%s\" can only be true; leave it out otherwise".formatted(key));
        } else if (wanted.isPresent()) {
            kinds.add(kind);
        }
    }

    private static Set<String> roles(YamlMapping match) {
        var roles = new HashSet<String>();
        for (var role : match.texts("role")) {
            Identifier.fold(role.value())
                    .ifPresentOrElse(
                            roles::add,
                            () ->
                                    match.problem(
                                            role.place(),
                                            "\"%s\" is no name of a role".formatted(role.value())));
        }
        return roles;
    }

    private static StatementMatcher statement(YamlMapping match) {
        var texts = match.texts("statement");
        if (!match.has("statement")) {
            return new StatementMatcher.Any();
        }
        boolean negated = texts.stream().anyMatch(RuleReader::isNegated);
        if (negated && !texts.stream().allMatch(RuleReader::isNegated)) {
            match.problem(
                    "statement",
                    "classes with and without \"!\" cannot stand in one list: write two rules");
        }
        var words = words(match, texts);
        return negated ? new StatementMatcher.NoneOf(words) : new StatementMatcher.Named(words);
    }

    private static Set<String> words(YamlMapping match, List<YamlText> texts) {
        var words = new HashSet<String>();
        for (var text : texts) {
            String word = isNegated(text) ? text.value().substring(1) : text.value();
            if (VOCABULARY.contains(word)) {
                words.add(word);
            } else {
                match.problem(
                        text.place(),
                        "unknown statement class \"%s\"%s"
                                .formatted(word, Suggestion.of(word, VOCABULARY)));
            }
        }
        return words;
    }

    private static boolean isNegated(YamlText text) {
        return text.value().startsWith("!");
    }
}
