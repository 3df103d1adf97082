package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.sql.Effect;
import dev.sfguard.gateway.sql.NameScope;
import dev.sfguard.gateway.sql.StatementClass;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// What is to be looked at when Snowflake answers a statement.
///
/// @param defines it may have changed what the catalog shows
/// @param moves the session's names may mean something else afterwards, or its role is another
/// @param inSteps when it fails, some of it may have been done
/// @param takes the roles that the session may have afterwards
/// @param scope where names were looked up when it was decided, if nothing in it moves: Snowflake
///     must answer from there, or the decision was about other objects
/// @param masked the decision depends on which objects the names mean, and errors may speak of
///     values of masked tables
/// @param forgotten it is a statement from before a restart
/// @param result what its result should be like
/// @param parts the same of each of its statements
record Aftermath(
        boolean defines,
        boolean moves,
        boolean inSteps,
        Set<String> takes,
        Optional<NameScope> scope,
        boolean masked,
        boolean forgotten,
        Expectation result,
        List<Expectation> parts) {

    static final String WITHHELD = "Its text is withheld, as it may hold values of masked columns.";

    static final Aftermath NONE =
            new Aftermath(
                    false,
                    false,
                    false,
                    Set.of(),
                    Optional.empty(),
                    false,
                    false,
                    Expectation.NONE,
                    List.of());

    Aftermath {
        parts = List.copyOf(parts);
    }

    /// Of a statement from before a restart: of what is not known any more the worst is expected.
    ///
    /// @param parts what its results should be like; empty when that is not known either
    static Aftermath forgotten(List<Expectation> parts) {
        return new Aftermath(
                true,
                true,
                true,
                Set.of(),
                Optional.empty(),
                true,
                true,
                parts.isEmpty() ? Expectation.NONE : Expectation.ofAll(parts),
                parts);
    }

    /// @param protection what may not be seen as it is, by the catalog of a part
    static Aftermath of(
            Judgement judged,
            NameScope begins,
            boolean describeOnly,
            Function<Catalog, Protection> protection) {
        var takes = describeOnly ? Set.<String>of() : judged.takes();
        boolean moves =
                !describeOnly && (!judged.ends().equals(Optional.of(begins)) || !takes.isEmpty());
        boolean defines =
                !describeOnly && judged.parts().stream().anyMatch(part -> defines(part.analysis()));
        // From nowhere only full names mean anything, and they mean the same everywhere.
        var scope =
                (describeOnly ? Optional.of(begins) : judged.ends())
                        .filter(_ -> !begins.equals(NameScope.NONE));
        boolean masked =
                judged.parts().stream().anyMatch(part -> !part.masked().columns().isEmpty());
        var parts =
                judged.parts().stream()
                        .map(part -> Expectation.of(part, protection.apply(part.catalog())))
                        .toList();
        return new Aftermath(
                defines,
                moves,
                inSteps(judged),
                takes,
                scope,
                masked,
                false,
                Expectation.ofAll(parts),
                parts);
    }

    /// Whether an error of Snowflake's may be shown. Its texts quote values, and of masked tables
    /// also some that no mask saw; where the statement was not even understood, no row was read,
    /// and the text speaks of names alone.
    boolean maySay(String error) {
        return !masked || error.startsWith("SQL compilation error");
    }

    /// Of one of several results: the request as a whole tells the rest.
    ///
    /// @param number from 1
    Aftermath ofPart(int number) {
        var part = number <= parts.size() ? parts.get(number - 1) : result;
        return new Aftermath(
                false,
                false,
                false,
                Set.of(),
                Optional.empty(),
                masked,
                forgotten,
                part,
                List.of(part));
    }

    /// The same where what comes is another statement's result.
    Aftermath showing(Aftermath other, Protection protection) {
        var shown = other.forgotten() ? other.guardedBy(protection) : other;
        return new Aftermath(
                defines,
                moves,
                inSteps,
                takes,
                scope,
                masked || other.masked(),
                forgotten,
                shown.result(),
                List.of(shown.result()));
    }

    /// The same where it is known by now what may not be seen.
    Aftermath guardedBy(Protection protection) {
        return parts.isEmpty()
                ? this
                : new Aftermath(
                        defines,
                        moves,
                        inSteps,
                        takes,
                        scope,
                        masked,
                        forgotten,
                        result.guardedBy(protection),
                        parts.stream().map(part -> part.guardedBy(protection)).toList());
    }

    private static boolean inSteps(Judgement judged) {
        return judged.parts().size() != 1
                || !(judged.parts().getFirst().analysis() instanceof Analysis.Understood understood)
                || understood.classes().size() != 1
                || runsOthers(understood.kind());
    }

    private static boolean defines(Analysis analysis) {
        return switch (analysis) {
            case Analysis.Opaque _ -> true;
            case Analysis.Understood understood ->
                    understood.effects().stream().anyMatch(Aftermath::defines)
                            || understood.classes().stream().anyMatch(Aftermath::defines);
        };
    }

    private static boolean defines(Effect effect) {
        return effect == Effect.CREATE || effect == Effect.ALTER || effect == Effect.DROP;
    }

    private static boolean defines(StatementClass kind) {
        return kind == StatementClass.UNDROP || runsOthers(kind);
    }

    private static boolean runsOthers(StatementClass kind) {
        return switch (kind) {
            case SCRIPT, CALL, EXECUTE, OTHER -> true;
            default -> false;
        };
    }
}
