package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.yaml.YamlMapping;
import java.util.EnumSet;
import java.util.Set;

/// Reads `who` and `unless`.
final class PeopleReader {
    private PeopleReader() {}

    static People read(YamlMapping mapping) {
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
}
