package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.yaml.YamlMapping;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Finds rules that say nothing: two of one name, and those that can never fire.
final class RuleChecks {
    /// Statements that can have a WHERE.
    private static final Set<String> MAY_HAVE_WHERE =
            Set.of(
                    "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "SCRIPT", "EXECUTE", "CREATE",
                    "ALTER", "CALL");

    private static final Set<String> TOUCH_NOTHING =
            Set.of(
                    "USE",
                    "USE_ROLE",
                    "BEGIN",
                    "COMMIT",
                    "ROLLBACK",
                    "UNSET",
                    "ALTER_SESSION",
                    "ALTER_USER",
                    "PUT",
                    "LIST",
                    "REMOVE");

    private static final Set<String> RESERVED =
            Set.of(
                    Policy.DEFAULT,
                    Policy.ALWAYS_REFUSED,
                    Policy.UNREADABLE,
                    Policy.ROLES,
                    Policy.NOT_FOLLOWED);

    private record Seen(Rule rule, YamlMapping mapping) {}

    private final RoleMap roles;
    private final Map<String, Integer> lines = new HashMap<>();
    private final List<Seen> seen = new ArrayList<>();

    RuleChecks(RoleMap roles) {
        this.roles = roles;
    }

    /// What can be said of a rule alone, and of those before it.
    void look(Rule rule, YamlMapping mapping) {
        seen.add(new Seen(rule, mapping));
        named(rule.name(), rule.line(), mapping);
        exempted(rule.who(), rule.unless(), mapping);
        where(rule, mapping);
        role(rule, mapping);
        objects(rule, mapping);
    }

    /// Decisions are known by their rule's name, whether it is a rule, a mask or a limit.
    void named(String name, int line, YamlMapping mapping) {
        var before = name.isEmpty() ? null : lines.putIfAbsent(name, line);
        if (before != null) {
            mapping.problem(
                    "name",
                    "a rule named \"%s\" stands in line %d already".formatted(name, before));
        }
        if (RESERVED.contains(name)) {
            mapping.problem("name", "\"%s\" is a name of the gateway's own".formatted(name));
        }
    }

    private static void objects(Rule rule, YamlMapping mapping) {
        boolean never =
                rule.verdict() != Rule.Verdict.ALLOW
                        && !rule.objects().isAny()
                        && rule.statement() instanceof StatementMatcher.Named(var words)
                        && !words.isEmpty()
                        && TOUCH_NOTHING.containsAll(words);
        if (never) {
            mapping.problem("match", "this rule can never fire: these statements touch no objects");
        }
    }

    static void exempted(Optional<People> who, Optional<People> unless, YamlMapping mapping) {
        if (who.isPresent() && unless.isPresent() && unless.get().includeAllOf(who.get())) {
            mapping.problem(
                    "unless", "this rule can never fire: \"unless\" exempts all of \"who\"");
        }
    }

    private static void where(Rule rule, YamlMapping mapping) {
        boolean never =
                rule.hasWhere().orElse(false)
                        && rule.statement() instanceof StatementMatcher.Named(var words)
                        && !words.isEmpty()
                        && words.stream().noneMatch(MAY_HAVE_WHERE::contains);
        if (never) {
            mapping.problem("match", "this rule can never fire: these statements have no WHERE");
        }
    }

    private void role(Rule rule, YamlMapping mapping) {
        var mapped = roles.everyRole();
        if (!rule.roles().isEmpty() && rule.roles().stream().noneMatch(mapped::contains)) {
            mapping.problem(
                    "match",
                    "this rule can never fire: \"roles\" maps nobody to %s"
                            .formatted(String.join(", ", rule.roles().stream().sorted().toList())));
        }
    }

    /// A rule that allows only what another one blocks for everybody.
    void finish() {
        for (var allow : seen) {
            if (allow.rule().verdict() != Rule.Verdict.BLOCK) {
                seen.stream()
                        .map(Seen::rule)
                        .filter(rule -> blocksAllOf(rule, allow.rule()))
                        .findFirst()
                        .ifPresent(
                                block ->
                                        allow.mapping()
                                                .problem(
                                                        allow.mapping().place(),
                                                        ("this rule can never fire: rule \"%s\" in"
                                                                        + " line %d blocks all of it")
                                                                .formatted(
                                                                        block.name(),
                                                                        block.line())));
            }
        }
    }

    private static boolean blocksAllOf(Rule block, Rule allow) {
        if (block.verdict() != Rule.Verdict.BLOCK || !block.isUnconditional()) {
            return false;
        }
        if (!block.objects().touchesAllOf(allow.objects())) {
            return false;
        }
        return switch (block.statement()) {
            case StatementMatcher.Any _ -> true;
            case StatementMatcher.Named(var blocked) ->
                    allow.statement() instanceof StatementMatcher.Named(var allowed)
                            && !allowed.isEmpty()
                            && blocked.containsAll(allowed);
            case StatementMatcher.NoneOf(var spared) ->
                    allow.statement() instanceof StatementMatcher.Named(var allowed)
                            && !allowed.isEmpty()
                            && allowed.stream().noneMatch(spared::contains);
        };
    }
}
