package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.sql.Analysis.Understood;
import dev.sfguard.gateway.sql.ObjectAccess;
import dev.sfguard.gateway.sql.ObjectAccess.Mode;
import dev.sfguard.gateway.sql.Objects;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What of a statement the rules allow together. Every class and effect must be allowed by some
/// rule. Where only rules that list objects allow it, every object must be listed too: one that
/// is written or defined by a rule for that very class or effect, one that is read by any of
/// them, or by a rule that allows SELECT.
final class Coverage {
    private record Listing(Rule rule, Set<String> words) {}

    private final Understood statement;
    private final Set<String> toCover;

    /// Allowed whatever the objects are.
    private final Set<String> free = new TreeSet<>();

    private final List<Listing> listings = new ArrayList<>();
    private boolean readsAll;
    private String first = Policy.DEFAULT;

    Coverage(Understood statement) {
        this.statement = statement;
        this.toCover = StatementMatcher.toCover(statement);
    }

    /// @param rule an allow that fires; or one that holds the statement, for then a person looks
    ///     at the whole of it
    void add(Rule rule) {
        var words = rule.statement().covered(statement);
        if (words.contains(statement.kind().name()) && first.equals(Policy.DEFAULT)) {
            first = rule.name();
        }
        if (rule.verdict() == Rule.Verdict.APPROVE || rule.objects().isAny()) {
            free.addAll(words);
            readsAll |= rule.verdict() == Rule.Verdict.ALLOW && rule.statement().allowsReading();
        } else {
            listings.add(new Listing(rule, words));
        }
    }

    /// What no rule speaks of is allowed, but for what must be named.
    void addDefault() {
        toCover.stream()
                .filter(word -> !StatementMatcher.MUST_BE_NAMED.contains(word))
                .forEach(free::add);
        readsAll = true;
    }

    /// The first rule of the file that allows the statement's class.
    String first() {
        return first;
    }

    /// Classes and effects that no rule allows at all.
    Set<String> openWords() {
        var open = new TreeSet<>(toCover);
        open.removeAll(free);
        listings.forEach(listing -> open.removeAll(listing.words()));
        return open;
    }

    /// Accesses that no rule allows. Empty where every class and effect is free.
    List<ObjectAccess> openAccesses() {
        var bound = new TreeSet<>(toCover);
        bound.removeAll(free);
        if (bound.isEmpty() || !(statement.objects() instanceof Objects.Known(var accesses))) {
            return List.of();
        }
        return accesses.stream().filter(access -> !isCovered(access, bound)).toList();
    }

    private boolean isCovered(ObjectAccess access, Set<String> bound) {
        return switch (access.mode()) {
            case READ -> readsAll || listings.stream().anyMatch(it -> coversRead(it, access));
            case WRITE, DDL ->
                    bound.stream()
                            .allMatch(
                                    word ->
                                            listings.stream()
                                                    .filter(it -> it.words().contains(word))
                                                    .anyMatch(
                                                            it ->
                                                                    it.rule()
                                                                            .objects()
                                                                            .covers(access)));
        };
    }

    /// A statement that may change an object may look for the rows to change.
    private static boolean coversRead(Listing listing, ObjectAccess access) {
        var objects = listing.rule().objects();
        boolean speaks = !listing.words().isEmpty() || listing.rule().statement().allowsReading();
        boolean target =
                !listing.words().isEmpty()
                        && objects.covers(
                                new ObjectAccess(
                                        access.object(),
                                        Mode.WRITE,
                                        access.columns(),
                                        access.everyColumn()))
                        && !objects.patterns(Mode.WRITE).isEmpty();
        return speaks && (objects.covers(access) || target);
    }
}
