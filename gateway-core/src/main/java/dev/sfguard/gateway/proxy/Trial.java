package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.policy.Decision;
import dev.sfguard.gateway.policy.Explanation.Considered;
import dev.sfguard.gateway.policy.Limits;
import dev.sfguard.gateway.policy.Masks;
import dev.sfguard.gateway.policy.Policy;
import dev.sfguard.gateway.policy.SessionView;
import dev.sfguard.gateway.policy.Usage;
import dev.sfguard.gateway.policy.Verdict;
import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.sql.NameScope;
import dev.sfguard.gateway.sql.ObjectName;
import dev.sfguard.gateway.sql.Objects;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What a gateway would do with a request's text, without one: read, analyzed and judged by the
/// same code.
///
/// @param strictest the part whose answer holds for the whole request
/// @param sql what would go upstream; empty when nothing would
/// @param parts one for each statement, in the text's order; never empty
public record Trial(Part strictest, Optional<String> sql, List<Part> parts) {

    /// One statement.
    ///
    /// @param verdict what the gateway does
    /// @param rule that the answer names
    /// @param role of the session, empty where the connection is closed to the asker
    /// @param masked `DATABASE.SCHEMA.TABLE.COLUMN` that the policy wants masked, sorted
    /// @param sql as it would go upstream
    /// @param message what the person is told, or what else is to know; may be empty
    /// @param considered how each rule stood to it
    /// @param showsViews whether `sql` holds what views are defined as, which whoever asks need
    ///     not know
    /// @param readsViews whether it reads what is no plain table, so that `columns` tell of
    ///     definitions too
    /// @param columns of its result, as far as they come from tables or are known not to; empty
    ///     when nothing goes upstream
    public record Part(
            String text,
            Analysis analysis,
            Verdict verdict,
            String rule,
            Optional<String> role,
            List<String> masked,
            Optional<String> sql,
            String message,
            List<Considered> considered,
            boolean showsViews,
            boolean readsViews,
            List<TracedColumn> columns) {
        public Part {
            masked = List.copyOf(masked);
            considered = List.copyOf(considered);
            columns = List.copyOf(columns);
        }

        private Part with(List<TracedColumn> traced) {
            return new Part(
                    text,
                    analysis,
                    verdict,
                    rule,
                    role,
                    masked,
                    sql,
                    message,
                    considered,
                    showsViews,
                    readsViews,
                    traced);
        }

        /// With what is to know of a result that may have more rows than may be delivered.
        private Part withRows(Decision decision, Usage usage) {
            var limits =
                    switch (decision) {
                        case Decision.Allow allow -> allow.limits();
                        case Decision.Hold hold -> hold.limits();
                        case Decision.Deny _ -> Limits.NONE;
                    };
            return sql.isPresent() ? withRows(limits.nearest(usage.rowsToday())) : this;
        }

        private Part withRows(Optional<Limits.Rows> most) {
            return most.map(
                            rows ->
                                    new Part(
                                            text,
                                            analysis,
                                            verdict,
                                            rule,
                                            role,
                                            masked,
                                            sql,
                                            (message + " " + text(rows)).strip(),
                                            considered,
                                            showsViews,
                                            readsViews,
                                            columns))
                    .orElse(this);
        }

        private static String text(Limits.Rows rows) {
            return switch (rows.excess()) {
                case CUT ->
                        "Limit \"%s\" cuts its result at %d rows."
                                .formatted(rows.rule(), rows.most());
                case BLOCK ->
                        "Limit \"%s\" refuses a result with more than %d rows."
                                .formatted(rows.rule(), rows.most());
            };
        }
    }

    public Trial {
        parts = List.copyOf(parts);
    }

    /// What the policy wants masked in any of the statements, sorted.
    public List<String> masked() {
        return parts.stream().flatMap(part -> part.masked().stream()).distinct().sorted().toList();
    }

    /// Of somebody who has used nothing yet.
    public static Trial run(
            Policy policy, Identity who, SessionView session, String text, Instant now) {
        return run(policy, who, session, text, Usage.NONE, now);
    }

    /// @param usage of the text's first statement
    public static Trial run(
            Policy policy,
            Identity who,
            SessionView session,
            String text,
            Usage usage,
            Instant now) {
        return run(policy, who, session, Optional.empty(), text, usage, now);
    }

    /// @param session its role is not asked: the policy's first for the identity is taken
    /// @param maskFunction the connection's own for `with: hash`
    public static Trial run(
            Policy policy,
            Identity who,
            SessionView session,
            Optional<ObjectName> maskFunction,
            String text,
            Usage usage,
            Instant now) {
        var role = policy.roleFor(who, session.connection());
        var around =
                new Surroundings(
                        session.connection(),
                        Set.of(role.orElse("")),
                        new NameScope(
                                session.database().orElse(null), session.schema().orElse(null)),
                        session.application(),
                        maskFunction,
                        session.ranQuery());
        var judge = new Judge();
        var judged = judge.judge(policy, who, around, session.catalog(), text, usage, now);
        if (Judge.notFollowed(judged)) {
            // A parser that has just been loaded may have been too slow, and here nobody waits.
            judged = judge.judge(policy, who, around, session.catalog(), text, usage, now);
        }
        return of(policy, who, role, judge, around, judged, text, usage, now);
    }

    /// What was judged already, told.
    ///
    /// @param role empty where the connection is closed to the asker
    static Trial of(
            Policy policy,
            Identity who,
            Optional<String> role,
            Judge judge,
            Surroundings around,
            Judgement judged,
            String text,
            Usage usage,
            Instant now) {
        var parts = new ArrayList<Part>();
        var sent = new StringBuilder(text);
        for (var part : judged.parts().reversed()) {
            var view = around.view(role.orElse(""), part.scope(), part.catalog());
            var considered = policy.explain(who, view, part.analysis(), usage, now).considered();
            var asked = part(part, judged.local(), role, around.connection(), considered);
            var tried = asked.withRows(part.decision(), usage);
            int from = part.statement().offset();
            int end = from + part.statement().text().length();
            tried.sql().ifPresent(sql -> sent.replace(from, end, sql));
            parts.addFirst(
                    tried.sql().isPresent() ? tried.with(TracedColumn.of(judge, part)) : tried);
        }
        if (parts.isEmpty()) {
            parts.add(nothing(text));
        }
        boolean goes = parts.stream().allMatch(part -> part.sql().isPresent());
        // Of equals the first.
        var strictest = parts.stream().max(Comparator.comparing(Part::verdict)).orElseThrow();
        return new Trial(strictest, goes ? Optional.of(sent.toString()) : Optional.empty(), parts);
    }

    private static Part part(
            Judgement.Part part,
            boolean local,
            Optional<String> role,
            String connection,
            List<Considered> considered) {
        var decision = part.decision();
        if (role.isEmpty()) {
            var closed =
                    new Decision.Deny(
                            Policy.ROLES,
                            "The policy gives no role on \"%s\" to any of these groups: the login is refused."
                                    .formatted(connection));
            return answer(part, closed, Masks.NONE, role, Optional.empty(), considered);
        }
        return switch (decision) {
            case Decision.Deny deny ->
                    answer(part, deny, Masks.NONE, role, Optional.empty(), considered);
            case Decision.Hold hold -> passed(part, hold, hold.masks(), role, considered);
            case Decision.Allow allow when local ->
                    answer(part, allow, Masks.NONE, role, Optional.empty(), considered);
            case Decision.Allow allow -> passed(part, allow, allow.masks(), role, considered);
        };
    }

    private static Part passed(
            Judgement.Part part,
            Decision decision,
            Masks masks,
            Optional<String> role,
            List<Considered> considered) {
        var sql = Optional.of(part.masked().text());
        return answer(part, decision, masks, role, sql, considered);
    }

    private static Part answer(
            Judgement.Part part,
            Decision decision,
            Masks masks,
            Optional<String> role,
            Optional<String> sql,
            List<Considered> considered) {
        var columns = new TreeSet<String>();
        masks.columns()
                .forEach(
                        (object, ofIt) ->
                                ofIt.keySet()
                                        .forEach(column -> columns.add(object + "." + column)));
        return new Part(
                part.statement().text(),
                part.analysis(),
                Verdict.of(decision),
                decision.rule(),
                role,
                List.copyOf(columns),
                sql,
                message(decision),
                considered,
                sql.isPresent() && showsViews(part, sql.get()),
                readsViews(part),
                List.of());
    }

    private static boolean showsViews(Judgement.Part part, String sql) {
        return !sql.equals(part.statement().text()) && readsViews(part);
    }

    private static boolean readsViews(Judgement.Part part) {
        return !(part.analysis() instanceof Analysis.Understood understood
                && understood.objects() instanceof Objects.Known(var accesses)
                && accesses.stream().noneMatch(access -> isView(part, access.object())));
    }

    private static boolean isView(Judgement.Part part, ObjectName name) {
        return part.catalog()
                .find(name)
                .map(relation -> relation.kind() != Catalog.Kind.TABLE)
                .orElse(true);
    }

    private static String message(Decision decision) {
        return switch (decision) {
            case Decision.Allow _ -> "";
            case Decision.Hold hold -> hold.message().orElse("");
            case Decision.Deny deny -> deny.message();
        };
    }

    private static Part nothing(String text) {
        var deny = Decision.strictest(List.of());
        return new Part(
                text,
                new Analysis.Opaque("there is no statement in it"),
                Verdict.BLOCK,
                deny.rule(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                message(deny),
                List.of(),
                false,
                false,
                List.of());
    }
}
