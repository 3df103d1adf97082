package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.policy.Masks.ColumnMask;
import dev.sfguard.gateway.sql.Analysis.Understood;
import dev.sfguard.gateway.sql.Effect;
import dev.sfguard.gateway.sql.ObjectAccess;
import dev.sfguard.gateway.sql.ObjectAccess.Mode;
import dev.sfguard.gateway.sql.ObjectName;
import dev.sfguard.gateway.sql.Objects;
import dev.sfguard.gateway.sql.StatementClass;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What the masks of a policy mean for one statement: columns to mask, or a refusal where
/// masking could be walked around.
final class Masking {
    private static final Set<Effect> CHANGES_ROWS =
            Set.of(Effect.UPDATE, Effect.DELETE, Effect.MERGE);

    /// Renames, swaps, shares and grants: a mask goes by the name.
    private static final Set<Effect> MOVES = Set.of(Effect.ALTER, Effect.GRANT);

    private final String file;
    private final List<Mask> masks;
    private final List<Detector> detectors;

    Masking(String file, List<Mask> masks, List<Detector> detectors) {
        this.file = file;
        this.masks = List.copyOf(masks);
        this.detectors = List.copyOf(detectors);
    }

    int detectorCount() {
        return detectors.size();
    }

    sealed interface Outcome {
        record Apply(Masks masks) implements Outcome {}

        record Refuse(Decision.Deny deny) implements Outcome {}
    }

    List<Masks.Detection> detections(Identity who) {
        return detectors.stream()
                .filter(detector -> detector.isFor(who))
                .map(Detector::detection)
                .toList();
    }

    Outcome outcome(Facts facts) {
        var detections = detections(facts.who());
        var applying = masks.stream().filter(mask -> mask.isFor(facts.who())).toList();
        if (applying.isEmpty()) {
            return new Outcome.Apply(new Masks(Map.of(), detections));
        }
        return switch (facts.statement().objects()) {
            case Objects.Known(var accesses) ->
                    Exposure.beyond(facts.statement())
                            .<Outcome>map(
                                    why ->
                                            new Outcome.Refuse(
                                                    notFollowed(applying.getFirst(), why)))
                            .orElseGet(() -> known(facts, applying, accesses, detections));
            case Objects.Unknown unknown ->
                    unknown(facts.statement(), unknown, applying)
                            .<Outcome>map(Outcome.Refuse::new)
                            .orElseGet(() -> new Outcome.Apply(new Masks(Map.of(), detections)));
        };
    }

    private Optional<Decision.Deny> unknown(
            Understood statement, Objects.Unknown unknown, List<Mask> applying) {
        return applying.stream()
                .filter(
                        mask ->
                                mask.columns().stream()
                                        .anyMatch(
                                                it ->
                                                        Exposure.mayTouch(
                                                                statement, unknown, it.object())))
                .findFirst()
                .map(mask -> notFollowed(mask, unknown.why()));
    }

    private Decision.Deny notFollowed(Mask mask, String why) {
        return new Decision.Deny(
                Policy.NOT_FOLLOWED,
                Denials.notFollowed(
                        "mask \"%s\" (%s:%d)".formatted(mask.name(), file, mask.line()), why));
    }

    private Outcome known(
            Facts facts,
            List<Mask> applying,
            List<ObjectAccess> accesses,
            List<Masks.Detection> detections) {
        var read = new TreeMap<ObjectName, Map<String, ColumnMask>>();
        for (var mask : applying) {
            for (var access : accesses) {
                for (var pattern : mask.columns()) {
                    var columns = pattern.concerned(access, facts.session().catalog());
                    var refusal = refusal(mask, access, columns, facts.statement());
                    if (refusal.isPresent()) {
                        return new Outcome.Refuse(refusal.get());
                    }
                    if (access.mode() == Mode.READ && !columns.orElseThrow().isEmpty()) {
                        var ofObject = read.computeIfAbsent(access.object(), _ -> new TreeMap<>());
                        columns.get().forEach(it -> ofObject.putIfAbsent(it, mask.mask()));
                    }
                }
            }
        }
        return write(read, accesses, facts.statement())
                .<Outcome>map(Outcome.Refuse::new)
                .orElseGet(() -> new Outcome.Apply(new Masks(read, detections)));
    }

    private Optional<Decision.Deny> refusal(
            Mask mask, ObjectAccess access, Optional<Set<String>> columns, Understood statement) {
        if (columns.isEmpty()) {
            return access.mode() == Mode.READ
                    ? Optional.of(
                            notFollowed(
                                    mask,
                                    "the columns of %s are not known".formatted(access.object())))
                    : Optional.empty();
        }
        boolean moves =
                access.mode() == Mode.DDL
                        && !Collections.disjoint(statement.effects(), MOVES)
                        && statement.kind() != StatementClass.CREATE
                        && mask.columns().stream()
                                .anyMatch(it -> it.object().matches(access.object()));
        return moves
                ? Optional.of(
                        deny(
                                mask,
                                "%s has masked columns, and masks go by its name: whoever sees them masked may not change, rename, share or grant it."
                                        .formatted(access.object())))
                : Optional.empty();
    }

    private Optional<Decision.Deny> write(
            Map<ObjectName, Map<String, ColumnMask>> read,
            List<ObjectAccess> accesses,
            Understood statement) {
        boolean writes =
                statement.effects().contains(Effect.UNLOAD)
                        || accesses.stream().anyMatch(access -> access.mode() != Mode.READ);
        boolean changesRows = !Collections.disjoint(statement.effects(), CHANGES_ROWS);
        for (var object : read.entrySet()) {
            boolean target =
                    changesRows
                            && accesses.stream()
                                    .anyMatch(
                                            it ->
                                                    it.mode() == Mode.WRITE
                                                            && it.object().equals(object.getKey()));
            for (var column : object.getValue().entrySet()) {
                String name = object.getKey() + "." + column.getKey();
                if (target) {
                    return Optional.of(
                            deny(
                                    mask(column.getValue()),
                                    "%s is masked for you, and a change of its own table cannot be decided by masked values. Leave the column out of WHERE, SET and ON."
                                            .formatted(name)));
                }
                if (writes && column.getValue().writes() == Masks.Writes.BLOCK) {
                    return Optional.of(
                            deny(
                                    mask(column.getValue()),
                                    "%s is masked for you and may not be written elsewhere. Leave the column out."
                                            .formatted(name)));
                }
            }
        }
        return Optional.empty();
    }

    private Mask mask(ColumnMask of) {
        return masks.stream().filter(it -> it.name().equals(of.rule())).findFirst().orElseThrow();
    }

    private Decision.Deny deny(Mask mask, String why) {
        return new Decision.Deny(
                mask.name(),
                "Denied by mask \"%s\" (%s:%d): %s Or ask whoever keeps the policy."
                        .formatted(mask.name(), file, mask.line(), why));
    }

    List<Mask> masks() {
        return masks;
    }
}
