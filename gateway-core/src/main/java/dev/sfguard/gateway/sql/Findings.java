package dev.sfguard.gateway.sql;

import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the analyzer gathers while it walks through one statement and those inside of it.
final class Findings {
    private final Set<StatementClass> classes = EnumSet.noneOf(StatementClass.class);
    private final Set<Effect> effects = EnumSet.noneOf(Effect.class);
    private final Set<Signal> signals = new LinkedHashSet<>();
    private boolean narrowed;
    private boolean writesUnnarrowed;
    private @Nullable String opaque;

    /// How many definitions of procedures and functions the walk is inside of: what stands
    /// there is not run now, and needs a CALL to be.
    private int definitions;

    void statement(StatementClass kind, Set<Effect> itsEffects, boolean hasWhere) {
        if (definitions == 0) {
            classes.add(kind);
        }
        effects.addAll(itsEffects);
        narrowed |= hasWhere;
        writesUnnarrowed |= changesRows(kind) && !hasWhere;
    }

    private static boolean changesRows(StatementClass kind) {
        return kind == StatementClass.DELETE
                || kind == StatementClass.UPDATE
                || kind == StatementClass.MERGE;
    }

    void insideDefinition(Runnable walk) {
        definitions++;
        walk.run();
        definitions--;
    }

    void signal(Signal signal) {
        signals.add(signal);
    }

    Set<Signal> signals() {
        return signals;
    }

    /// Only the first reason is kept.
    void opaque(String why) {
        if (opaque == null) {
            opaque = why;
        }
    }

    @Nullable String opaque() {
        return opaque;
    }

    Analysis analysis(StatementClass kind, Objects objects, Structure structure) {
        if (signals.stream().anyMatch(Signal.FileUrl.class::isInstance)) {
            effects.add(Effect.UNLOAD);
        }
        return opaque != null
                ? new Analysis.Opaque(opaque)
                : new Analysis.Understood(
                        kind,
                        classes,
                        effects,
                        narrowed && !writesUnnarrowed,
                        List.copyOf(signals),
                        objects,
                        structure);
    }
}
