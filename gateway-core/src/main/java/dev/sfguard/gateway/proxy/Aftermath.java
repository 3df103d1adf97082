package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.snowflake.ResultSink;
import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.Effect;
import dev.sfguard.gateway.sql.NameScope;
import dev.sfguard.gateway.sql.ObjectName;
import dev.sfguard.gateway.sql.StatementClass;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

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
/// @param alarm of a result's column: it comes from a masked column, and no mask was put there
record Aftermath(
        boolean defines,
        boolean moves,
        boolean inSteps,
        Set<String> takes,
        Optional<NameScope> scope,
        boolean masked,
        Predicate<ResultSink.Column> alarm) {

    static final String WITHHELD = "Its text is withheld, as it may hold values of masked columns.";

    static final Aftermath NONE =
            new Aftermath(false, false, false, Set.of(), Optional.empty(), false, _ -> false);

    /// Of a statement from before a restart: what was expected of it is gone, so that the worst is.
    static final Aftermath FORGOTTEN =
            new Aftermath(true, true, true, Set.of(), Optional.empty(), true, _ -> false);

    /// @param isMasked for the asker, by the policy
    static Aftermath of(
            Judgement judged,
            NameScope begins,
            boolean describeOnly,
            BiPredicate<ObjectName, String> isMasked) {
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
        return new Aftermath(
                defines,
                moves,
                inSteps(judged),
                takes,
                scope,
                masked,
                column -> leaks(column, judged, isMasked));
    }

    /// Whether an error of Snowflake's may be shown. Its texts quote values, and of masked tables
    /// also some that no mask saw; where the statement was not even understood, no row was read,
    /// and the text speaks of names alone.
    boolean maySay(String error) {
        return !masked || error.startsWith("SQL compilation error");
    }

    /// Of one of several results: the request as a whole tells the rest.
    Aftermath ofPart() {
        return new Aftermath(false, false, false, Set.of(), Optional.empty(), masked, alarm);
    }

    private static boolean inSteps(Judgement judged) {
        return judged.parts().size() != 1
                || !(judged.parts().getFirst().analysis() instanceof Analysis.Understood understood)
                || understood.classes().size() != 1
                || runsOthers(understood.kind());
    }

    private static boolean leaks(
            ResultSink.Column column, Judgement judged, BiPredicate<ObjectName, String> isMasked) {
        if (column.table().isEmpty()) {
            return false;
        }
        var origin = new ObjectName(column.database(), column.schema(), column.table());
        return isMasked.test(origin, column.name())
                && judged.parts().stream()
                        .noneMatch(part -> part.masked().has(origin, column.name()));
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
