package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.policy.Rule.Standing;
import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.Analysis.Opaque;
import dev.sfguard.gateway.sql.Analysis.Understood;
import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.sql.ObjectName;
import dev.sfguard.gateway.sql.Signal;
import dev.sfguard.gateway.yaml.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

    /// The rule that refuses what a rule on objects or a mask may speak of, when the
    /// statement's objects are not all known.
    public static final String NOT_FOLLOWED = "not-followed";

    /// What becomes of that which no rule speaks of.
    enum Otherwise {
        ALLOW,
        BLOCK
    }

    /// The file's name and hash, and what it says of whatever no rule speaks of.
    record Origin(String file, String version, Otherwise otherwise, int otherwiseLine) {}

    private final Origin origin;
    private final RoleMap roles;
    private final List<Rule> rules;
    private final Masking masking;
    private final List<Limit> limits;
    private final List<NamedInFile> named;
    private final AlwaysRefused alwaysRefused;

    /// @param named names of objects and columns that a catalog can check
    Policy(
            Origin origin,
            RoleMap roles,
            List<Rule> rules,
            Masking masking,
            List<Limit> limits,
            List<NamedInFile> named,
            Set<UnsafeAllow> unsafeAllow) {
        this.origin = origin;
        this.roles = roles;
        this.rules = List.copyOf(rules);
        this.masking = masking;
        this.limits = List.copyOf(limits);
        this.named = List.copyOf(named);
        this.alwaysRefused = new AlwaysRefused(unsafeAllow);
    }

    /// SHA-256 of the file's bytes, as hex.
    public String version() {
        return origin.version();
    }

    /// How much of each it has, for people.
    public String outline() {
        return Stream.of(
                        counted(rules.size(), "rule"),
                        counted(masking.masks().size(), "mask"),
                        counted(masking.detectorCount(), "detector"),
                        counted(limits.size(), "limit"))
                .collect(Collectors.joining(", "));
    }

    private static String counted(int number, String noun) {
        return (number == 0 ? "no" : number) + " " + noun + (number == 1 ? "" : "s");
    }

    /// Whether some rule holds statements for approval.
    public boolean holds() {
        return rules.stream().anyMatch(rule -> rule.verdict() == Rule.Verdict.APPROVE);
    }

    /// What the masks protect, whoever they are for.
    public ProtectedNames protectedNames() {
        return new ProtectedNames(
                masking.masks().stream().flatMap(mask -> mask.columns().stream()).toList());
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
    /// refused, then roles that are not the asker's; then every rule that applies counts, and
    /// the first that blocks wins; then a rule that might speak, were more known; then limits
    /// that are used up, and what masks refuse; then all that the statement is and does must be
    /// allowed by rules together, or by the default; then rules that hold it are asked for.
    ///
    /// @param usage what the identity has used up, this statement included
    public Decision decide(
            Identity who, SessionView session, Analysis analysis, Usage usage, Instant now) {
        return switch (analysis) {
            case Opaque(String why) -> new Decision.Deny(UNREADABLE, Denials.unreadable(why));
            case Understood statement -> {
                var facts = new Facts(who, session, statement, usage, now);
                yield refused(facts).orElseGet(() -> weighed(facts, weigh(facts)));
            }
        };
    }

    /// The same decision, with how each rule stood to it.
    public Explanation explain(
            Identity who, SessionView session, Analysis analysis, Usage usage, Instant now) {
        return new Explanation(
                decide(who, session, analysis, usage, now),
                switch (analysis) {
                    case Opaque _ -> List.of();
                    case Understood statement ->
                            weigh(new Facts(who, session, statement, usage, now)).stream()
                                    .map(weighed -> considered(weighed, statement))
                                    .toList();
                });
    }

    private static Explanation.Considered considered(Weighed weighed, Understood statement) {
        var rule = weighed.rule();
        // An allow stands for what it names and is asked of every statement.
        boolean idle =
                rule.verdict() == Rule.Verdict.ALLOW
                        && rule.statement().covered(statement).isEmpty();
        return new Explanation.Considered(
                rule.name(),
                rule.line(),
                rule.verdict().name().toLowerCase(Locale.ROOT),
                weighed.standing() instanceof Standing.Fires && !idle,
                switch (weighed.standing()) {
                    case Standing.Fires _ when idle -> "another statement";
                    case Standing.Fires _ -> "fires";
                    case Standing.Passes(var because) -> because;
                    case Standing.NotKnown(var why) -> "cannot be told: " + why;
                    case Standing.Failed(var why) -> "\"when\" fails: " + why;
                });
    }

    private Optional<Decision> refused(Facts facts) {
        return alwaysRefused
                .refusal(facts.statement().signals(), facts.session())
                .<Decision>map(deny -> deny)
                .or(() -> foreignRole(facts.who(), facts.session(), facts.statement()));
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

    /// One rule and how it stands to the statement.
    private record Weighed(Rule rule, Standing standing) {
        boolean fires(Rule.Verdict verdict) {
            return rule.verdict() == verdict && standing instanceof Standing.Fires;
        }
    }

    private List<Weighed> weigh(Facts facts) {
        return rules.stream().map(rule -> new Weighed(rule, rule.standing(facts))).toList();
    }

    private Optional<Decision> blocked(List<Weighed> weighed, Understood statement) {
        return weighed.stream()
                .filter(it -> it.fires(Rule.Verdict.BLOCK))
                .findFirst()
                .map(
                        it ->
                                new Decision.Deny(
                                        it.rule().name(),
                                        Denials.byRule(origin.file(), it.rule(), statement)));
    }

    /// A rule that might block or hold the statement, were more known of it; or any rule whose
    /// condition fails.
    private Optional<Decision> doubtful(List<Weighed> weighed) {
        for (var each : weighed) {
            String rule = Denials.place(origin.file(), each.rule());
            switch (each.standing()) {
                case Standing.Failed(var why) -> {
                    return Optional.of(
                            new Decision.Deny(each.rule().name(), Denials.failed(rule, why)));
                }
                case Standing.NotKnown(var why)
                        when each.rule().verdict() != Rule.Verdict.ALLOW -> {
                    return Optional.of(
                            new Decision.Deny(NOT_FOLLOWED, Denials.notFollowed(rule, why)));
                }
                case Standing.NotKnown _, Standing.Fires _, Standing.Passes _ -> {}
            }
        }
        return Optional.empty();
    }

    private Decision weighed(Facts facts, List<Weighed> weighed) {
        return blocked(weighed, facts.statement())
                .or(() -> doubtful(weighed))
                .or(() -> exhausted(facts))
                .orElseGet(
                        () ->
                                switch (masking.outcome(facts)) {
                                    case Masking.Outcome.Refuse(var deny) -> deny;
                                    case Masking.Outcome.Apply(var masks) ->
                                            allowed(facts, weighed, masks);
                                });
    }

    private Optional<Decision> exhausted(Facts facts) {
        return limits.stream()
                .filter(limit -> limit.isFor(facts.who()))
                .flatMap(
                        limit ->
                                limit.exhausted(origin.file(), facts.usage(), facts.now()).stream())
                .<Decision>map(deny -> deny)
                .findFirst();
    }

    private Decision allowed(Facts facts, List<Weighed> weighed, Masks masks) {
        var coverage = new Coverage(facts.statement());
        weighed.stream()
                .filter(it -> it.fires(Rule.Verdict.ALLOW) || it.fires(Rule.Verdict.APPROVE))
                .forEach(it -> coverage.add(it.rule()));
        if (origin.otherwise() == Otherwise.ALLOW) {
            coverage.addDefault();
        }
        var words = coverage.openWords();
        if (!words.isEmpty()) {
            return notAllowed(facts, weighed, words);
        }
        var accesses = coverage.openAccesses();
        if (!accesses.isEmpty()) {
            return new Decision.Deny(
                    DEFAULT,
                    Denials.byObject(origin, facts.who(), facts.session(), accesses.getFirst()));
        }
        return holders(weighed)
                .<Decision>map(
                        rules ->
                                new Decision.Hold(
                                        rules.getFirst().name(),
                                        demands(rules),
                                        rules.stream()
                                                .flatMap(it -> it.message().stream())
                                                .findFirst(),
                                        masks,
                                        rowLimits(facts.who())))
                .orElseGet(
                        () -> new Decision.Allow(coverage.first(), masks, rowLimits(facts.who())));
    }

    /// Whether an allow would have spoken, were the objects known, makes the better message.
    private Decision notAllowed(Facts facts, List<Weighed> weighed, Set<String> words) {
        for (var each : weighed) {
            if (each.standing() instanceof Standing.NotKnown(var why)
                    && !Collections.disjoint(
                            each.rule().statement().covered(facts.statement()), words)) {
                return new Decision.Deny(
                        NOT_FOLLOWED,
                        Denials.notFollowed(Denials.place(origin.file(), each.rule()), why));
            }
        }
        return new Decision.Deny(
                DEFAULT, Denials.byDefault(origin, facts.who(), facts.session(), words));
    }

    /// The rules that hold the statement, strictest first: most approvers, then the shortest
    /// wait, then the file's order.
    private static Optional<List<Rule>> holders(List<Weighed> weighed) {
        var rules =
                weighed.stream()
                        .filter(it -> it.fires(Rule.Verdict.APPROVE))
                        .map(Weighed::rule)
                        .sorted(
                                Comparator.comparingInt((Rule rule) -> -approvers(rule).atLeast())
                                        .thenComparing(rule -> approvers(rule).expires()))
                        .toList();
        return rules.isEmpty() ? Optional.empty() : Optional.of(rules);
    }

    private static Decision.Approvers approvers(Rule rule) {
        return rule.approvers().orElseThrow();
    }

    /// Two rules that ask the same people for as many voices are one demand.
    private static List<Decision.Approvers> demands(List<Rule> rules) {
        var demands = new ArrayList<Decision.Approvers>();
        for (var rule : rules) {
            var demand = approvers(rule);
            boolean met =
                    demands.stream()
                            .anyMatch(
                                    it ->
                                            it.groups().equals(demand.groups())
                                                    && it.atLeast() >= demand.atLeast()
                                                    && it.expires().compareTo(demand.expires())
                                                            <= 0);
            if (!met) {
                demands.add(demand);
            }
        }
        return demands;
    }

    /// How many rows any statement of the identity may deliver.
    public Limits rowLimits(Identity who) {
        var own = limits.stream().filter(limit -> limit.isFor(who)).toList();
        return new Limits(
                own.stream().flatMap(it -> it.ofStatement().stream()).min(Limits.FEWEST),
                own.stream().flatMap(it -> it.ofDay().stream()).min(Limits.FEWEST));
    }

    /// What of {@link Usage} decisions about the identity may depend on; the rest need not be
    /// counted.
    ///
    /// @param statements those of a minute
    /// @param rows those of a day
    public record Counted(boolean statements, boolean rows) {}

    public Counted counted(Identity who) {
        var own = limits.stream().filter(limit -> limit.isFor(who)).toList();
        boolean asked = asksForUsage();
        return new Counted(
                asked || own.stream().anyMatch(it -> it.statementsPerMinute().isPresent()),
                asked || own.stream().anyMatch(it -> it.rowsPerDay().isPresent()));
    }

    /// What is looked for in the results of the identity, whatever the statement.
    public List<Masks.Detection> detections(Identity who) {
        return masking.detections(who);
    }

    /// Whether the column is masked for the identity, whatever the statement.
    public boolean isMasked(Identity who, ObjectName object, String column) {
        return masking.masks().stream()
                .filter(mask -> mask.isFor(who))
                .flatMap(mask -> mask.columns().stream())
                .anyMatch(
                        pattern ->
                                pattern.object().matches(object)
                                        && pattern.column().matches(column));
    }

    /// Whether a mask needs the connection's function for hashes.
    public boolean hashes() {
        return masking.masks().stream()
                .anyMatch(mask -> mask.mask().with() instanceof Masks.With.Hash);
    }

    /// Whether a decision may depend on which objects a statement touches, and so on the catalog.
    public boolean needsCatalog() {
        return !masking.masks().isEmpty()
                || rules.stream()
                        .anyMatch(rule -> !rule.objects().isAny() || rule.when().isPresent());
    }

    private boolean asksForUsage() {
        return rules.stream()
                .flatMap(rule -> rule.when().stream())
                .anyMatch(when -> when.text().contains("usage"));
    }

    /// What in the file cannot be true of the account as the catalog shows it: columns of a
    /// known table that it does not have, tables that are not there.
    public List<Problem> check(Catalog catalog) {
        return named.stream().flatMap(it -> it.problem(catalog).stream()).toList();
    }

    /// The same, as sentences with their line.
    public List<String> doubts(Catalog catalog) {
        return check(catalog).stream()
                .map(
                        problem ->
                                "%s:%d: %s"
                                        .formatted(
                                                problem.file(), problem.line(), problem.message()))
                .toList();
    }
}
