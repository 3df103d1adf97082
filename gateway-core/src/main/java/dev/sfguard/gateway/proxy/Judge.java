package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.masking.Lineage;
import dev.sfguard.gateway.masking.MaskRewriter;
import dev.sfguard.gateway.masking.Rewriting;
import dev.sfguard.gateway.policy.Decision;
import dev.sfguard.gateway.policy.Masks;
import dev.sfguard.gateway.policy.Policy;
import dev.sfguard.gateway.policy.SessionView;
import dev.sfguard.gateway.policy.Usage;
import dev.sfguard.gateway.recording.Provenance;
import dev.sfguard.gateway.snowflake.ClientParameters;
import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.Analyzer;
import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.sql.NameScope;
import dev.sfguard.gateway.sql.NamedDatabases;
import dev.sfguard.gateway.sql.Objects;
import dev.sfguard.gateway.sql.ScopeChange;
import dev.sfguard.gateway.sql.Signal;
import dev.sfguard.gateway.sql.Statement;
import dev.sfguard.gateway.sql.StatementClass;
import dev.sfguard.gateway.sql.StatementSplitter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Splits, analyzes and decides a request's text: what the policy says, and what no policy may
/// allow because the gateway rests on it.
final class Judge {

    private record Read(Statement statement, Analysis analysis, NameScope scope) {}

    /// @param ends where names are looked up afterwards; empty when that cannot be foreseen
    private record Whole(List<Read> reads, Optional<NameScope> ends) {}

    /// @param catalog the version of the connection's own; others count apart
    private record Key(
            String connection, String text, NameScope scope, Set<String> roles, long catalog) {}

    /// Drivers and tools send the same texts again and again; decisions are never kept.
    private static final int CACHED_TEXTS = 1000;

    private static final int LONGEST_CACHED = 8192;

    private static final String OWN = "gateway";

    private final Analyzer analyzer = new Analyzer();
    private final Map<Key, Whole> cache =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, Whole> eldest) {
                    return size() > CACHED_TEXTS;
                }
            };

    /// Loads what the first statement would have to wait for.
    void warmUp() {
        analyze(
                new Statement("select a.x from a join b on a.x = b.x", 0),
                NameScope.NONE,
                Catalog.EMPTY);
    }

    /// @param usage of the text's first statement
    Judgement judge(
            Policy policy,
            Identity who,
            Surroundings around,
            AccountCatalog account,
            String text,
            Usage usage,
            Instant now) {
        if (!policy.needsCatalog()) {
            return judge(policy, who, around, Catalog.EMPTY, text, usage, now);
        }
        var picture = account.with(databases(around.scope(), text));
        var judged = judge(policy, who, around, picture, text, usage, now);
        if (!notFollowed(judged)) {
            return judged;
        }
        // A name may be younger than the picture.
        var fresh = account.anew();
        return fresh.version() == picture.version()
                ? judged
                : judge(policy, who, around, fresh, text, usage, now);
    }

    private static Set<String> databases(NameScope scope, String text) {
        var named = new LinkedHashSet<String>();
        var present = scope.database();
        if (present != null) {
            named.add(present);
        }
        named.addAll(NamedDatabases.in(text));
        return named;
    }

    /// For want of knowing its objects, which the next try may find.
    static boolean notFollowed(Judgement judged) {
        return judged.whole() instanceof Decision.Deny deny
                && deny.rule().equals(Policy.NOT_FOLLOWED);
    }

    /// With a picture that is at hand.
    Judgement judge(
            Policy policy,
            Identity who,
            Surroundings around,
            Catalog catalog,
            String text,
            Usage usage,
            Instant now) {
        var whole =
                read(
                        new Key(
                                around.connection(),
                                text,
                                around.scope(),
                                around.roles(),
                                catalog.version()),
                        catalog);
        var reads = whole.reads();
        var parts = new ArrayList<Judgement.Part>(reads.size());
        boolean local = reads.size() == 1 && speaksToGateway(reads.getFirst().analysis());
        var roles = around.roles();
        for (var read : reads) {
            var views =
                    Roles.within(read.analysis(), roles).stream()
                            .sorted()
                            .map(role -> around.view(role, read.scope(), catalog))
                            .toList();
            var used = new Usage(usage.statementsThisMinute() + parts.size(), usage.rowsToday());
            var decision =
                    local
                            ? new Decision.Allow(OWN)
                            : guard(read.analysis())
                                    .orElseGet(() -> decide(policy, who, views, read, used, now));
            parts.add(part(read, new Protection(policy, who, catalog), around, decision));
            roles = Roles.after(read.analysis(), roles);
        }
        var decisions = parts.stream().map(Judgement.Part::decision).toList();
        var strictest =
                decisions.isEmpty() ? new Decision.Allow(OWN) : Decision.strictest(decisions);
        return new Judgement(parts, strictest, whole.ends(), local);
    }

    /// Under whichever role it may run, the strictest holds.
    private static Decision decide(
            Policy policy,
            Identity who,
            List<SessionView> views,
            Read read,
            Usage used,
            Instant now) {
        return Decision.strictest(
                views.stream()
                        .map(view -> policy.decide(who, view, read.analysis(), used, now))
                        .toList());
    }

    private Judgement.Part part(
            Read read, Protection protection, Surroundings around, Decision decision) {
        var catalog = protection.catalog();
        var masks = masks(decision);
        var text = read.statement().text();
        var verdict = decision;
        if (!masks.columns().isEmpty()) {
            switch (mask(read, catalog, around, masks)) {
                case Rewriting.Rewritten(var rewritten, _) -> text = rewritten;
                case Rewriting.Refused(var why) -> verdict = refused(masks, why);
            }
        }
        var masked =
                verdict instanceof Decision.Deny
                        ? Masked.nothing(text)
                        : new Masked(text, masks.columns(), provenance(read, protection, masks));
        return new Judgement.Part(
                read.statement(), read.analysis(), read.scope(), catalog, verdict, masked);
    }

    private static Masks masks(Decision decision) {
        return switch (decision) {
            case Decision.Allow allow -> allow.masks();
            case Decision.Hold hold -> hold.masks();
            case Decision.Deny _ -> Masks.NONE;
        };
    }

    /// Most statements read nothing that is masked for anybody, and need no tracing.
    private Provenance provenance(Read read, Protection protection, Masks masks) {
        if (!(read.analysis() instanceof Analysis.Understood understood)) {
            return Provenance.NONE;
        }
        boolean concerned =
                !masks.columns().isEmpty()
                        || Expectation.reads(understood).stream().anyMatch(protection::concerns);
        if (!concerned) {
            return Provenance.NONE;
        }
        var lineage =
                Lineage.of(
                        analyzer,
                        read.statement(),
                        understood,
                        read.scope(),
                        protection.catalog(),
                        masks);
        return Provenances.of(lineage, protection);
    }

    /// Where the columns of a part's result come from; nothing comes from what is denied.
    Optional<Lineage> lineage(Judgement.Part part) {
        return part.analysis() instanceof Analysis.Understood understood
                        && !(part.decision() instanceof Decision.Deny)
                ? Optional.of(
                        Lineage.of(
                                analyzer,
                                part.statement(),
                                understood,
                                part.scope(),
                                part.catalog(),
                                masks(part.decision())))
                : Optional.empty();
    }

    private Rewriting mask(Read read, Catalog catalog, Surroundings around, Masks masks) {
        return switch (read.analysis()) {
            case Analysis.Understood understood ->
                    new MaskRewriter(analyzer, around.maskFunction())
                            .rewrite(read.statement(), understood, masks, read.scope(), catalog);
            case Analysis.Opaque(var why) -> new Rewriting.Refused(why);
        };
    }

    private static Decision.Deny refused(Masks masks, String why) {
        var rule =
                masks.columns().values().stream()
                        .flatMap(columns -> columns.values().stream())
                        .map(Masks.ColumnMask::rule)
                        .sorted()
                        .findFirst()
                        .orElse(OWN);
        return new Decision.Deny(
                rule,
                "Denied by mask \"%s\": this statement reads masked columns and cannot be rewritten so that it sees them masked: %s. Write it in another way, or leave the masked columns out."
                        .formatted(rule, why));
    }

    private Whole read(Key key, Catalog catalog) {
        if (key.text().length() > LONGEST_CACHED) {
            return analyze(key, catalog);
        }
        synchronized (cache) {
            var known = cache.get(key);
            if (known != null) {
                return known;
            }
        }
        var fresh = analyze(key, catalog);
        if (fresh.reads().stream().noneMatch(read -> mayBecomeKnown(read.analysis()))) {
            synchronized (cache) {
                cache.put(key, fresh);
            }
        }
        return fresh;
    }

    /// Objects may be unknown because there was no time to find them: the next try may.
    private static boolean mayBecomeKnown(Analysis analysis) {
        return analysis instanceof Analysis.Understood understood
                && understood.objects() instanceof Objects.Unknown;
    }

    private Whole analyze(Key key, Catalog catalog) {
        var reads = new ArrayList<Read>();
        Optional<NameScope> scope = Optional.of(key.scope());
        for (var statement : StatementSplitter.split(key.text())) {
            // Where it cannot be known where names are looked up, no name means anything.
            var at = scope.orElse(NameScope.NONE);
            var analysis = analyze(statement, at, catalog);
            reads.add(new Read(statement, analysis, at));
            scope = scope.flatMap(before -> ScopeChange.after(statement, analysis, before));
        }
        return new Whole(List.copyOf(reads), scope);
    }

    private Analysis analyze(Statement statement, NameScope scope, Catalog catalog) {
        return analyzer.analyze(statement, scope, catalog);
    }

    /// `ALTER SESSION SET SFGUARD_X = '…'`, and nothing of Snowflake's in the same statement.
    private static boolean speaksToGateway(Analysis analysis) {
        if (!(analysis instanceof Analysis.Understood understood)
                || understood.kind() != StatementClass.ALTER_SESSION) {
            return false;
        }
        var set = parameters(understood);
        return !set.isEmpty()
                && set.stream()
                        .allMatch(
                                p ->
                                        p.value() == null
                                                ? p.name().startsWith(ClientNote.PREFIX)
                                                : ClientNote.ofParameter(p.name(), p.value())
                                                        .isPresent());
    }

    static List<Signal.SessionParameter> parameters(Analysis.Understood understood) {
        return understood.signals().stream()
                .filter(Signal.SessionParameter.class::isInstance)
                .map(Signal.SessionParameter.class::cast)
                .toList();
    }

    private static Optional<Decision> guard(Analysis analysis) {
        if (!(analysis instanceof Analysis.Understood understood)) {
            return Optional.empty();
        }
        for (var signal : understood.signals()) {
            var refused =
                    switch (signal) {
                        case Signal.SessionParameter(var name, _) -> parameter(name);
                        default -> Optional.<Decision>empty();
                    };
            if (refused.isPresent()) {
                return refused;
            }
        }
        return Optional.empty();
    }

    private static Optional<Decision> parameter(String name) {
        if (name.startsWith(ClientNote.PREFIX)) {
            return deny(
                    name
                            + " is not a parameter that sfguard takes here. It takes"
                            + " SFGUARD_PROMPT, SFGUARD_REASON, SFGUARD_AGENT and"
                            + " SFGUARD_APPROVAL_WAIT, in a statement of their own.");
        }
        // SEARCH_PATH is the policy's: it refuses it unless the configuration opens it.
        if (ClientParameters.mayBeSet(name) || "SEARCH_PATH".equals(name)) {
            return Optional.empty();
        }
        return deny(
                "the session parameter "
                        + name
                        + " may not be set through the gateway. Leave the statement out, or ask"
                        + " the gateway's operator.");
    }

    private static Optional<Decision> deny(String message) {
        return Optional.of(new Decision.Deny(OWN, message));
    }
}
