package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.policy.Decision;
import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.Effect;
import dev.sfguard.gateway.sql.NameScope;
import dev.sfguard.gateway.sql.StatementClass;
import java.util.Optional;

/// What is to be looked at when Snowflake answers a statement.
///
/// @param defines it may have changed what the catalog shows
/// @param moves the session's names may mean something else afterwards
/// @param scope where names were looked up when it was decided, if nothing in it moves: Snowflake
///     must answer from there, or the decision was about other objects
/// @param masked the decision depends on which objects the names mean
record Aftermath(boolean defines, boolean moves, Optional<NameScope> scope, boolean masked) {

    static final Aftermath NONE = new Aftermath(false, false, Optional.empty(), false);

    static Aftermath of(Judgement judged, NameScope begins, boolean describeOnly) {
        boolean moves = !describeOnly && !judged.ends().equals(Optional.of(begins));
        boolean defines =
                !describeOnly && judged.parts().stream().anyMatch(part -> defines(part.analysis()));
        // From nowhere only full names mean anything, and they mean the same everywhere.
        var scope =
                (describeOnly ? Optional.of(begins) : judged.ends())
                        .filter(_ -> !begins.equals(NameScope.NONE));
        return new Aftermath(
                defines, moves, scope, judged.parts().stream().anyMatch(Aftermath::masked));
    }

    private static boolean masked(Judgement.Part part) {
        return part.decision() instanceof Decision.Allow allow && !allow.masks().columns().isEmpty();
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
        return switch (kind) {
            case UNDROP, SCRIPT, CALL, EXECUTE, OTHER -> true;
            default -> false;
        };
    }
}
