package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.Analysis.Opaque;
import dev.sfguard.gateway.sql.Analysis.Understood;
import dev.sfguard.gateway.sql.Signal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The rules of one policy file. Pure: the same question has the same answer, and asking
/// changes nothing.
public final class Policy {
    /// What a decision names where no rule of the file spoke.
    public static final String DEFAULT = "default";

    /// The rule of a refusal that no rule of the file can lift.
    public static final String ALWAYS_REFUSED = "always-refused";

    /// The rule that refuses what cannot be read with certainty.
    public static final String UNREADABLE = "unreadable";

    /// The rule that keeps USE ROLE within the roles of the asker's groups.
    public static final String ROLES = "roles";

    /// The file's name and hash, and what it says of whatever no rule speaks of.
    record Origin(String file, String version, Rule.Verdict otherwise, int otherwiseLine) {}

    private final Origin origin;
    private final RoleMap roles;
    private final List<Rule> rules;
    private final AlwaysRefused alwaysRefused;

    Policy(Origin origin, RoleMap roles, List<Rule> rules, Set<UnsafeAllow> unsafeAllow) {
        this.origin = origin;
        this.roles = roles;
        this.rules = List.copyOf(rules);
        this.alwaysRefused = new AlwaysRefused(unsafeAllow);
    }

    /// SHA-256 of the file's bytes, as hex.
    public String version() {
        return origin.version();
    }

    /// The Snowflake role of the identity on the connection, as Snowflake reports it: the
    /// first of the file whose group the identity is in. Empty means that the connection is
    /// closed to it.
    public Optional<String> roleFor(Identity who, String connection) {
        return roles.first(who, connection);
    }

    /// Every role that the file maps somebody to on the connection, as Snowflake reports them.
    public Set<String> rolesOf(String connection) {
        return Set.copyOf(roles.byConnection().getOrDefault(connection, Map.of()).values());
    }

    /// Every connection the file speaks of, in alphabetical order; whether they exist is for
    /// the configuration to say.
    public Set<String> connections() {
        var names = new TreeSet<>(roles.byConnection().keySet());
        rules.forEach(rule -> names.addAll(rule.connections()));
        return names;
    }

    /// Never throws. In this order: what cannot be read is denied, then what is always
    /// refused, then roles that are not the asker's; then every rule that applies counts and
    /// the first that blocks wins; then all that the statement is and does must be allowed by
    /// rules together, or by the default.
    ///
    /// @param usage what the identity has used up, this statement included
    public Decision decide(
            Identity who, SessionView session, Analysis analysis, Usage usage, Instant now) {
        return switch (analysis) {
            case Opaque(String why) -> new Decision.Deny(UNREADABLE, Denials.unreadable(why));
            case Understood statement -> decide(who, session, statement);
        };
    }

    private Decision decide(Identity who, SessionView session, Understood statement) {
        Optional<Decision> refusal =
                alwaysRefused
                        .refusal(statement.signals(), session)
                        .<Decision>map(deny -> deny)
                        .or(() -> foreignRole(who, session, statement))
                        .or(() -> blocked(who, session, statement));
        return refusal.orElseGet(() -> allowed(who, session, statement));
    }

    private Optional<Decision> foreignRole(
            Identity who, SessionView session, Understood statement) {
        var own = roles.roles(who, session.connection());
        for (var signal : statement.signals()) {
            if (signal instanceof Signal.RoleChange(String role) && !own.contains(role)) {
                return Optional.of(new Decision.Deny(ROLES, Denials.foreignRole(who, role, own)));
            }
            if (signal instanceof Signal.ComputedRoleChange) {
                return Optional.of(new Decision.Deny(ROLES, Denials.computedRole(own)));
            }
        }
        return Optional.empty();
    }

    private Optional<Decision> blocked(Identity who, SessionView session, Understood statement) {
        return rules.stream()
                .filter(rule -> rule.verdict() == Rule.Verdict.BLOCK)
                .filter(rule -> rule.statement().touches(statement))
                .filter(rule -> rule.applies(who, session, statement))
                .findFirst()
                .map(
                        rule ->
                                new Decision.Deny(
                                        rule.name(),
                                        Denials.byRule(origin.file(), rule, statement)));
    }

    private Decision allowed(Identity who, SessionView session, Understood statement) {
        var open = StatementMatcher.toCover(statement);
        String first = DEFAULT;
        for (var rule : rules) {
            if (rule.verdict() == Rule.Verdict.ALLOW && rule.applies(who, session, statement)) {
                var covered = rule.statement().covered(statement);
                if (covered.contains(statement.kind().name())
                        && open.contains(statement.kind().name())) {
                    first = rule.name();
                }
                open.removeAll(covered);
            }
        }
        if (origin.otherwise() == Rule.Verdict.ALLOW) {
            open.retainAll(StatementMatcher.MUST_BE_NAMED);
        }
        return open.isEmpty()
                ? new Decision.Allow(first)
                : new Decision.Deny(DEFAULT, Denials.byDefault(origin, who, session, open));
    }
}
