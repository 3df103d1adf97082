package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.sql.Identifier;
import dev.sfguard.gateway.yaml.Suggestion;
import dev.sfguard.gateway.yaml.YamlMapping;
import dev.sfguard.gateway.yaml.YamlText;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads one entry of `rules`.
final class RuleReader {
    private static final Set<String> VOCABULARY = StatementMatcher.vocabulary();

    private static final Duration DEFAULT_WAIT = Duration.ofMinutes(30);
    private static final Duration SHORTEST_WAIT = Duration.ofMinutes(1);
    private static final Duration LONGEST_WAIT = Duration.ofDays(7);

    /// More people than this never say yes in time.
    private static final int MOST_APPROVERS = 20;

    private final YamlMapping mapping;

    RuleReader(YamlMapping mapping) {
        this.mapping = mapping;
    }

    Rule read() {
        var name = mapping.text("name");
        var who = mapping.optionalMapping("who").map(PeopleReader::read);
        var unless = mapping.optionalMapping("unless").map(PeopleReader::read);
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
                        match.map(RuleReader::objects).orElse(ObjectMatcher.ANY),
                        WhenReader.read(mapping),
                        verdict.orElse(Rule.Verdict.BLOCK),
                        approvers(name, verdict.orElse(Rule.Verdict.BLOCK)),
                        mapping.optionalText("message"));
        match.ifPresent(YamlMapping::finish);
        mapping.finish();
        return rule;
    }

    private static ObjectMatcher objects(YamlMapping match) {
        return new ObjectMatcher(
                PatternReader.objects(match, "reads"),
                PatternReader.objects(match, "writes"),
                PatternReader.objects(match, "ddl"),
                PatternReader.columns(match, "columns"));
    }

    private Optional<Decision.Approvers> approvers(String name, Rule.Verdict verdict) {
        boolean held = verdict == Rule.Verdict.APPROVE;
        for (String key : List.of("approvers", "expires")) {
            if (mapping.has(key) && !held && mapping.has("effect")) {
                mapping.problem(
                        mapping.placeOf(key), "\"%s\" goes with effect: approve".formatted(key));
            }
        }
        var expires = mapping.optionalDuration("expires").orElse(DEFAULT_WAIT);
        if (expires.compareTo(SHORTEST_WAIT) < 0 || expires.compareTo(LONGEST_WAIT) > 0) {
            mapping.problem("expires", "\"expires\" must be from 1m to 7d");
        }
        var of =
                held
                        ? Optional.of(mapping.mapping("approvers"))
                        : mapping.optionalMapping("approvers");
        return of.map(
                        people -> {
                            var groups = people.textSet("groups");
                            if (groups.isEmpty()
                                    && !people.has("groups")
                                    && mapping.has("approvers")) {
                                people.problem(
                                        people.place(),
                                        "this names no groups: nobody could approve");
                            }
                            int atLeast = (int) people.number("at_least", 1, 1, MOST_APPROVERS);
                            people.finish();
                            return new Decision.Approvers(name, groups, atLeast, expires);
                        })
                .filter(_ -> held);
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
