package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.approval.Shown;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.masking.Redaction;
import dev.sfguard.gateway.policy.Decision;
import dev.sfguard.gateway.snowflake.QueryRequest;
import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.Effect;
import dev.sfguard.gateway.sql.Objects;
import dev.sfguard.gateway.sql.StatementClass;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What reviewers are shown of a held statement: who asks, what it says and touches, why. Other
/// people's data in it is redacted, as in every display.
final class ForReviewers {

    /// Array binds may be megabytes; nobody reads those.
    private static final int LONGEST_BINDS = 20_000;

    private ForReviewers() {}

    static Shown shown(
            Session session,
            StatementRun run,
            Identity who,
            QueryRequest request,
            Decider.Decided decided,
            Decision.Hold hold,
            ClientNote note) {
        var redaction = new Redaction(decided.policy().protectedNames());
        var statement = redaction.statement(request.sqlText());
        var judged = decided.judgement();
        return new Shown(
                who.kind().name().toLowerCase(Locale.ROOT),
                who.groups().stream().sorted().toList(),
                session.facts().application(),
                session.facts().connection(),
                context(session, run.place()),
                statement.text(),
                binds(request, redaction, statement),
                classes(judged),
                effects(judged),
                objects(judged),
                hold.rule(),
                hold.message().orElse(null),
                Shown.demands(hold),
                decided.version(),
                prose(note.agent(), redaction, statement),
                prose(note.prompt(), redaction, statement),
                prose(note.reason(), redaction, statement),
                session.state().isInTransaction());
    }

    private static @Nullable String prose(
            @Nullable String text, Redaction redaction, Redaction.Shown statement) {
        return text == null ? null : redaction.prose(text, statement.hidden());
    }

    private static @Nullable String binds(
            QueryRequest request, Redaction redaction, Redaction.Shown statement) {
        var bindings = request.bindings();
        if (bindings.isEmpty() || bindings.get().isEmpty()) {
            return null;
        }
        var text = redaction.binds(bindings.get(), statement).toString();
        return text.length() <= LONGEST_BINDS
                ? text
                : text.substring(0, LONGEST_BINDS)
                        + "… ("
                        + (text.length() - LONGEST_BINDS)
                        + " more characters)";
    }

    private static String context(Session session, Footing.Place place) {
        var parts = new StringJoiner(", ");
        parts.add("role " + String.join(" or ", new TreeSet<>(place.roles())));
        add(parts, "database ", place.scope().database());
        add(parts, "schema ", place.scope().schema());
        add(parts, "warehouse ", Fingerprints.warehouse(session));
        return parts.toString();
    }

    private static void add(StringJoiner parts, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            parts.add(name + value);
        }
    }

    private static List<String> classes(Judgement judged) {
        var classes = new TreeSet<String>();
        for (var part : judged.parts()) {
            switch (part.analysis()) {
                case Analysis.Understood understood ->
                        understood.classes().stream()
                                .map(StatementClass::name)
                                .forEach(classes::add);
                case Analysis.Opaque _ -> classes.add("OPAQUE");
            }
        }
        return List.copyOf(classes);
    }

    private static List<String> effects(Judgement judged) {
        var effects = new TreeSet<String>();
        for (var part : judged.parts()) {
            if (part.analysis() instanceof Analysis.Understood understood) {
                understood.effects().stream().map(Effect::name).forEach(effects::add);
            }
        }
        return List.copyOf(effects);
    }

    private static List<String> objects(Judgement judged) {
        var objects = new TreeSet<String>();
        for (var part : judged.parts()) {
            objects.addAll(objects(part.analysis()));
        }
        return List.copyOf(objects);
    }

    private static Set<String> objects(Analysis analysis) {
        var objects = new TreeSet<String>();
        switch (analysis) {
            case Analysis.Opaque(var why) -> objects.add("(could not be read: " + why + ")");
            case Analysis.Understood understood -> {
                switch (understood.objects()) {
                    case Objects.Known(var accesses) ->
                            accesses.forEach(
                                    access ->
                                            objects.add(
                                                    access.mode().name() + " " + access.object()));
                    case Objects.Unknown(var why, var mentioned) -> {
                        objects.add("(not all are known: " + why + ")");
                        mentioned.stream().sorted().limit(50).forEach(objects::add);
                    }
                }
            }
        }
        return objects;
    }
}
