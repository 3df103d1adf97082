package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.recording.Provenance;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.snowflake.ResultSink;
import dev.sfguard.gateway.sql.Analysis.Understood;
import dev.sfguard.gateway.sql.ObjectAccess;
import dev.sfguard.gateway.sql.ObjectName;
import dev.sfguard.gateway.sql.Objects;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What the columns of a result should be like: which come masked, and which must not come at all.
///
/// @param masks what stands masked in the statement that went to Snowflake, by mask:
///     `DATABASE.SCHEMA.TABLE.COLUMN`
/// @param reads objects that the statement reads; empty when that is not known any more
/// @param protection empty while it is not known: then nothing gives the alarm
record Expectation(
        Provenance provenance,
        Map<String, Set<String>> masks,
        Optional<Set<ObjectName>> reads,
        Optional<Protection> protection) {

    static final Expectation NONE =
            new Expectation(Provenance.NONE, Map.of(), Optional.empty(), Optional.empty());

    Expectation {
        masks = Map.copyOf(masks);
    }

    /// A result's column that shows what it must not.
    ///
    /// @param mask the name of the mask that should stand before it
    record Alarm(String column, ObjectName origin, String mask, String message) {
        RecordingEvent event(long statement, int part) {
            return new RecordingEvent.Alarm(
                    statement, part, column, origin.toString(), mask, message);
        }
    }

    static Expectation of(Judgement.Part part, Protection protection) {
        return new Expectation(
                part.masked().provenance(),
                part.masked().masks(),
                part.analysis() instanceof Understood understood
                        ? Optional.of(reads(understood))
                        : Optional.empty(),
                Optional.of(protection));
    }

    /// As the recording remembers it, from before a restart.
    static Expectation of(RecordingEvent.Decided decided) {
        return remembered(decided.result(), decided.masks());
    }

    static Expectation remembered(Provenance provenance, Map<String, Set<String>> masks) {
        return new Expectation(provenance, masks, Optional.empty(), Optional.empty());
    }

    /// Of an answer that is none of these statements' own.
    static Expectation ofAll(List<Expectation> parts) {
        var masks = new TreeMap<String, Set<String>>();
        var reads = new HashSet<ObjectName>();
        for (var part : parts) {
            part.masks()
                    .forEach(
                            (mask, of) ->
                                    masks.computeIfAbsent(mask, _ -> new TreeSet<>()).addAll(of));
            part.reads().ifPresent(reads::addAll);
        }
        boolean known = parts.stream().allMatch(part -> part.reads().isPresent());
        return parts.size() == 1
                ? parts.getFirst()
                : new Expectation(
                        Provenance.NONE,
                        masks,
                        known ? Optional.of(reads) : Optional.empty(),
                        parts.stream().flatMap(part -> part.protection().stream()).findFirst());
    }

    Expectation guardedBy(Protection other) {
        return new Expectation(provenance, masks, reads, Optional.of(other));
    }

    /// What a statement reads; nothing where that is not known.
    static Set<ObjectName> reads(Understood statement) {
        return switch (statement.objects()) {
            case Objects.Unknown _ -> Set.of();
            case Objects.Known(var accesses) ->
                    accesses.stream()
                            .filter(access -> access.mode() == ObjectAccess.Mode.READ)
                            .map(ObjectAccess::object)
                            .collect(Collectors.toSet());
        };
    }

    /// The result's columns, with the masks that stand before each. Where the result is not as
    /// foreseen, any mask of the statement may stand before any of them.
    List<RecordingEvent.Column> columns(List<ResultSink.Column> found) {
        var names = names(found);
        boolean fits = provenance.fits(names);
        var columns = new java.util.ArrayList<RecordingEvent.Column>();
        for (int i = 0; i < found.size(); i++) {
            var name = found.get(i).name();
            var type = found.get(i).type();
            var entry = fits ? provenance.of(i, names) : Optional.<Provenance.Entry>empty();
            columns.add(
                    !fits
                            ? new RecordingEvent.Column(name, type, masks.keySet(), masks.isEmpty())
                            : entry.map(
                                            it ->
                                                    new RecordingEvent.Column(
                                                            name,
                                                            type,
                                                            it.masks(),
                                                            it.certain() || it.masks().isEmpty()))
                                    .orElseGet(() -> new RecordingEvent.Column(name, type)));
        }
        return columns;
    }

    private static List<String> names(List<ResultSink.Column> columns) {
        return columns.stream().map(ResultSink.Column::name).toList();
    }

    /// The first column that Snowflake says comes from where a mask should have stood.
    Optional<Alarm> alarm(List<ResultSink.Column> columns) {
        return protection.flatMap(guard -> alarm(columns, guard));
    }

    private Optional<Alarm> alarm(List<ResultSink.Column> columns, Protection guard) {
        var names = names(columns);
        for (int i = 0; i < columns.size(); i++) {
            var column = columns.get(i);
            if (!column.table().isEmpty()) {
                var origin = new ObjectName(column.database(), column.schema(), column.table());
                var mask = guard.maskOf(origin, column.name());
                if (mask.isPresent()
                        && !isMasked(origin + "." + column.name())
                        && !isExplained(i, names, origin, guard)) {
                    return Optional.of(
                            new Alarm(
                                    column.name(),
                                    origin,
                                    mask.get(),
                                    "the result's column %s comes from %s, where it is masked for you"
                                            .formatted(column.name(), origin)));
                }
                if (reads.isPresent() && !reads.get().contains(origin) && guard.concerns(origin)) {
                    return Optional.of(
                            new Alarm(
                                    column.name(),
                                    origin,
                                    mask.orElse(""),
                                    "the result's column %s comes from %s, which the statement does not read as far as the gateway can tell, and which has columns that are masked for you"
                                            .formatted(column.name(), origin)));
                }
            }
        }
        return Optional.empty();
    }

    private boolean isMasked(String column) {
        return masks.values().stream().anyMatch(columns -> columns.contains(column));
    }

    /// It only has the name of a masked column: the statement gives this name to others of the same
    /// table, and the result is as the statement says.
    private boolean isExplained(
            int column, List<String> names, ObjectName origin, Protection guard) {
        var entry =
                provenance.fits(names)
                        ? provenance.of(column, names)
                        : Optional.<Provenance.Entry>empty();
        if (entry.isEmpty()
                || !entry.get().certain()
                || entry.get().place() == 0
                || entry.get().name() == null) {
            return false;
        }
        var prefix = origin + ".";
        var own = entry.get().from().stream().filter(it -> it.startsWith(prefix)).toList();
        return !own.isEmpty()
                && own.stream()
                        .allMatch(
                                it ->
                                        isMasked(it)
                                                || guard.maskOf(
                                                                origin,
                                                                it.substring(prefix.length()))
                                                        .isEmpty());
    }
}
