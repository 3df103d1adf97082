package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.sql.Analysis.Understood;
import dev.sfguard.gateway.sql.ObjectAccess;
import dev.sfguard.gateway.sql.ObjectAccess.Mode;
import dev.sfguard.gateway.sql.Objects;
import java.util.List;
import java.util.stream.Stream;

/// Which objects a rule speaks of: every key that is given must hold, and of a list any entry.
///
/// @param reads patterns of objects that the statement reads; empty for any
/// @param writes of objects whose rows it changes
/// @param ddl of objects that it defines, changes or drops
/// @param columns of columns that it reads or writes
record ObjectMatcher(
        List<ObjectPattern> reads,
        List<ObjectPattern> writes,
        List<ObjectPattern> ddl,
        List<ColumnPattern> columns) {

    static final ObjectMatcher ANY = new ObjectMatcher(List.of(), List.of(), List.of(), List.of());

    ObjectMatcher {
        reads = List.copyOf(reads);
        writes = List.copyOf(writes);
        ddl = List.copyOf(ddl);
        columns = List.copyOf(columns);
    }

    /// Whether a statement touches what the rule speaks of.
    sealed interface Touch {
        record Yes() implements Touch {}

        record No() implements Touch {}

        record NotKnown(String why) implements Touch {}
    }

    boolean isAny() {
        return reads.isEmpty() && writes.isEmpty() && ddl.isEmpty() && columns.isEmpty();
    }

    Touch touches(Understood statement) {
        if (isAny()) {
            return new Touch.Yes();
        }
        return switch (statement.objects()) {
            case Objects.Known(var accesses) ->
                    touches(accesses) ? new Touch.Yes() : beyond(statement);
            case Objects.Unknown unknown ->
                    patterns().anyMatch(it -> Exposure.mayTouch(statement, unknown, it))
                            ? new Touch.NotKnown(unknown.why())
                            : new Touch.No();
        };
    }

    /// What nothing can look into may read anything; it writes nothing.
    private Touch beyond(Understood statement) {
        return reads.isEmpty() && columns.isEmpty()
                ? new Touch.No()
                : Exposure.beyond(statement)
                        .<Touch>map(Touch.NotKnown::new)
                        .orElseGet(Touch.No::new);
    }

    private boolean touches(List<ObjectAccess> accesses) {
        return touches(accesses, Mode.READ)
                && touches(accesses, Mode.WRITE)
                && touches(accesses, Mode.DDL)
                && (columns.isEmpty()
                        || accesses.stream()
                                .anyMatch(it -> columns.stream().anyMatch(c -> c.touches(it))));
    }

    private boolean touches(List<ObjectAccess> accesses, Mode mode) {
        var patterns = patterns(mode);
        return patterns.isEmpty()
                || accesses.stream()
                        .filter(access -> access.mode() == mode)
                        .anyMatch(it -> patterns.stream().anyMatch(p -> p.matches(it.object())));
    }

    /// Whether an allow with these keys allows the access: its object is listed for that very
    /// mode, and where columns of the object are listed, no other one is concerned.
    boolean covers(ObjectAccess access) {
        var patterns = patterns(access.mode());
        boolean listed =
                patterns.isEmpty()
                        ? !columns.isEmpty()
                        : patterns.stream().anyMatch(it -> it.matches(access.object()));
        return listed && (columns.isEmpty() || coversColumns(access));
    }

    private boolean coversColumns(ObjectAccess access) {
        var ofObject = columns.stream().filter(it -> it.object().matches(access.object())).toList();
        return !ofObject.isEmpty()
                && !access.everyColumn()
                && access.columns().stream()
                        .allMatch(c -> ofObject.stream().anyMatch(it -> it.column().matches(c)));
    }

    List<ObjectPattern> patterns(Mode mode) {
        return switch (mode) {
            case READ -> reads;
            case WRITE -> writes;
            case DDL -> ddl;
        };
    }

    /// Every object that any key names.
    Stream<ObjectPattern> patterns() {
        return Stream.of(
                        reads.stream(),
                        writes.stream(),
                        ddl.stream(),
                        columns.stream().map(ColumnPattern::object))
                .flatMap(it -> it);
    }

    /// Whatever `other` touches, this certainly touches.
    boolean touchesAllOf(ObjectMatcher other) {
        return covers(reads, other.reads)
                && covers(writes, other.writes)
                && covers(ddl, other.ddl)
                && (columns.isEmpty() || columns.equals(other.columns));
    }

    private static boolean covers(List<ObjectPattern> mine, List<ObjectPattern> others) {
        return mine.isEmpty()
                || (!others.isEmpty()
                        && others.stream()
                                .allMatch(it -> mine.stream().anyMatch(m -> m.matchesAllOf(it))));
    }
}
