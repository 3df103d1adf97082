package dev.sfguard.gateway.masking;

import dev.sfguard.gateway.policy.Masks;
import dev.sfguard.gateway.policy.Masks.ColumnMask;
import dev.sfguard.gateway.sql.Analysis.Understood;
import dev.sfguard.gateway.sql.Analyzer;
import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.sql.ColumnOrigin;
import dev.sfguard.gateway.sql.NameScope;
import dev.sfguard.gateway.sql.ObjectAccess;
import dev.sfguard.gateway.sql.Objects;
import dev.sfguard.gateway.sql.ResultColumn;
import dev.sfguard.gateway.sql.ResultLayout;
import dev.sfguard.gateway.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// From which columns of tables each column of a statement's result comes, and which masks stand in
/// between: for explanations, recordings and the alarm. Masking itself does not rest on it. It may
/// name too many origins, never too few.
///
/// @param head the result's columns from the left
/// @param spread what stands between head and tail, where it cannot be told how many columns that
///     are
/// @param tail the last columns; empty without a spread
public record Lineage(List<Column> head, Optional<Spread> spread, List<Column> tail) {

    /// @param name folded; empty where it is not known
    /// @param origins columns of tables; none for constants
    /// @param masks names of those that stand before an origin
    /// @param certain false: any of the origins, it cannot be told which
    public record Column(
            Optional<String> name, Set<ColumnOrigin> origins, Set<String> masks, boolean certain) {
        public Column {
            origins = Set.copyOf(origins);
            masks = Set.copyOf(masks);
        }
    }

    /// Any number of columns.
    ///
    /// @param named what is known of columns of a name
    /// @param others what holds for every other one
    public record Spread(Map<String, Column> named, Column others) {
        public Spread {
            named = Map.copyOf(named);
        }
    }

    /// Any number of columns that come from no table.
    public static final Lineage NONE = all(new Column(Optional.empty(), Set.of(), Set.of(), true));

    public Lineage {
        head = List.copyOf(head);
        tail = List.copyOf(tail);
    }

    /// @param analysis the statement's, in that scope and with that catalog
    /// @param masks what is masked in it
    public static Lineage of(
            Analyzer analyzer,
            Statement statement,
            Understood analysis,
            NameScope scope,
            Catalog catalog,
            Masks masks) {
        return switch (analysis.kind()) {
            case SELECT ->
                    analyzer.layout(statement, scope, catalog)
                            .map(layout -> masked(layout, masks))
                            .orElseGet(() -> unknown(analysis, masks));
            case EXECUTE, CALL, SCRIPT, OTHER -> unknown(analysis, masks);
            // They answer with counts, names and plans.
            case INSERT,
                    UPDATE,
                    DELETE,
                    MERGE,
                    TRUNCATE,
                    CREATE,
                    ALTER,
                    ALTER_SESSION,
                    ALTER_USER,
                    DROP,
                    UNDROP,
                    GRANT,
                    REVOKE,
                    COPY_LOAD,
                    COPY_UNLOAD,
                    PUT,
                    GET,
                    LIST,
                    REMOVE,
                    SHOW,
                    DESCRIBE,
                    USE,
                    USE_ROLE,
                    SET,
                    UNSET,
                    BEGIN,
                    COMMIT,
                    ROLLBACK,
                    EXPLAIN,
                    COMMENT ->
                    NONE;
        };
    }

    private static Lineage all(Column column) {
        return new Lineage(List.of(), Optional.of(new Spread(Map.of(), column)), List.of());
    }

    private static Lineage masked(ResultLayout layout, Masks masks) {
        return new Lineage(
                layout.head().stream().map(it -> masked(it, masks)).toList(),
                layout.spread()
                        .map(
                                spread -> {
                                    var named = new HashMap<String, Column>();
                                    spread.named()
                                            .forEach(
                                                    (name, it) ->
                                                            named.put(name, masked(it, masks)));
                                    return new Spread(named, masked(spread.others(), masks));
                                }),
                layout.tail().stream().map(it -> masked(it, masks)).toList());
    }

    private static Column masked(ResultColumn column, Masks masks) {
        return column(column.name(), column.origins(), column.certain(), masks);
    }

    private static Column column(
            Optional<String> name, Set<ColumnOrigin> origins, boolean certain, Masks masks) {
        var rules = new HashSet<String>();
        for (var origin : origins) {
            var ofObject = masks.columns().getOrDefault(origin.object(), Map.of());
            if (origin.isAny()) {
                ofObject.values().stream().map(ColumnMask::rule).forEach(rules::add);
            } else if (ofObject.containsKey(origin.column())) {
                rules.add(ofObject.get(origin.column()).rule());
            }
        }
        return new Column(name, origins, rules, certain);
    }

    /// Every column may be any that the statement reads.
    private static Lineage unknown(Understood analysis, Masks masks) {
        return all(column(Optional.empty(), read(analysis), false, masks));
    }

    private static Set<ColumnOrigin> read(Understood analysis) {
        var origins = new HashSet<ColumnOrigin>();
        switch (analysis.objects()) {
            case Objects.Unknown _ -> {}
            case Objects.Known(var accesses) ->
                    accesses.stream()
                            .filter(access -> access.mode() == ObjectAccess.Mode.READ)
                            .forEach(
                                    access -> {
                                        access.columns().stream()
                                                .map(it -> new ColumnOrigin(access.object(), it))
                                                .forEach(origins::add);
                                        if (access.everyColumn()) {
                                            origins.add(
                                                    new ColumnOrigin(
                                                            access.object(), ColumnOrigin.ANY));
                                        }
                                    });
        }
        return origins;
    }

    /// All columns that are known of, wherever they stand.
    public List<Column> columns() {
        var all = new java.util.ArrayList<>(head);
        spread.ifPresent(
                it -> {
                    new TreeSet<>(it.named().keySet())
                            .forEach(name -> all.add(it.named().get(name)));
                    all.add(it.others());
                });
        all.addAll(tail);
        return all;
    }
}
