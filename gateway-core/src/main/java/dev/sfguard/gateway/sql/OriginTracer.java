package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.OutputSlot.One;
import dev.sfguard.gateway.sql.OutputSlot.Some;
import dev.sfguard.gateway.sql.Outputs.Item;
import dev.sfguard.gateway.sql.TableReference.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Traces the result columns of a text that was read back to the columns of tables, through
/// subqueries, common table expressions, set operators, stars and aliases of the same list. Where
/// it cannot tell one column from others it takes all of them.
final class OriginTracer {
    /// That is nested in no way that this cannot follow.
    static final class TooMuch extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /// Columns that are put together; stars of stars grow without end.
    private static final int MOST_WORK = 300_000;

    /// Queries within queries, far below where a stack ends.
    private static final int DEEPEST = 200;

    /// What a relation of the catalog gives.
    @FunctionalInterface
    interface Relations {
        /// Its columns in their order.
        List<OutputSlot> of(ObjectName name) throws TooMuch;
    }

    private final Tokens tokens;
    private final Reading reading;
    private final Resolver resolver;
    private final Relations relations;
    private final IdentityHashMap<Outputs, List<OutputSlot>> known = new IdentityHashMap<>();
    private final IdentityHashMap<CommonTable, Origins> selfReading = new IdentityHashMap<>();
    private final Map<ObjectName, List<OutputSlot>> objects = new HashMap<>();
    private final IdentityHashMap<Item, Origins> aliased = new IdentityHashMap<>();
    private final Set<Item> following = Collections.newSetFromMap(new IdentityHashMap<>());
    private boolean circular;
    private int work;
    private int depth;

    OriginTracer(Tokens tokens, Reading reading, Resolver resolver, Relations relations) {
        this.tokens = tokens;
        this.reading = reading;
        this.resolver = resolver;
        this.relations = relations;
    }

    /// The columns of a query's result.
    List<OutputSlot> slots(Outputs outputs) throws TooMuch {
        var before = known.get(outputs);
        if (before != null) {
            return before;
        }
        // An alias that is made from itself has no other origin by that.
        known.put(outputs, List.of(new Some(Map.of(), Origins.NONE)));
        deeper();
        var slots = branch(outputs);
        for (var other : outputs.branches()) {
            slots = merged(slots, slots(other), outputs.isByName());
        }
        depth--;
        known.put(outputs, slots);
        return slots;
    }

    private void deeper() throws TooMuch {
        depth++;
        if (depth > DEEPEST) {
            throw new TooMuch();
        }
    }

    private void work(int more) throws TooMuch {
        work += more + 1;
        if (work > MOST_WORK) {
            throw new TooMuch();
        }
    }

    private List<OutputSlot> branch(Outputs outputs) throws TooMuch {
        if (outputs.values != null) {
            return List.of(Some.of(range(outputs.values)));
        }
        if (outputs.scope == null) {
            return List.of(Some.of(everything()));
        }
        var slots = new ArrayList<OutputSlot>();
        for (var item : outputs.items()) {
            if (item.star() < 0 || !beginsWithStar(item)) {
                slots.add(new One(item.name(), item.isNamed(), range(item.uses())));
            } else {
                slots.addAll(star(item, outputs.scope));
            }
            work(1);
        }
        return slots;
    }

    private boolean beginsWithStar(Item item) {
        var chain = reading.uses.get(item.star()).chain();
        return chain == null ? item.behindStar() == item.from() + 1 : chain.from() == item.from();
    }

    private static Origins all(List<OutputSlot> slots) {
        var all = Origins.NONE;
        for (var slot : slots) {
            all = all.and(slot.origins());
        }
        return all;
    }

    private List<OutputSlot> merged(List<OutputSlot> left, List<OutputSlot> right, boolean byName)
            throws TooMuch {
        work(left.size() + right.size());
        var slots = new ArrayList<OutputSlot>();
        for (int i = 0; !byName && i < left.size() && left.size() == right.size(); i++) {
            if (left.get(i) instanceof One one && right.get(i) instanceof One other) {
                var both = one.origins().and(other.origins());
                slots.add(new One(one.name(), one.isNamed(), both));
            }
        }
        return slots.size() == left.size() && !left.isEmpty()
                ? slots
                : List.of(Some.of(all(left).and(all(right))));
    }

    // ---- stars

    private List<OutputSlot> star(Item item, Scope scope) throws TooMuch {
        var use = reading.uses.get(item.star());
        var chain = use.chain();
        var slots = new ArrayList<OutputSlot>();
        boolean told = true;
        if (chain == null) {
            for (var source : scope.sources) {
                slots.addAll(columns(source));
            }
        } else {
            var meant = new ArrayList<Source>();
            found(use, (source, _) -> meant.add(source));
            told = meant.size() == 1;
            for (var source : meant) {
                slots.addAll(columns(source));
            }
        }
        work(slots.size());
        var tail = StarTail.of(tokens, item.behindStar(), item.to());
        if (!told || !tail.isRead()) {
            return List.of(Some.of(all(slots).and(range(item.uses()))));
        }
        changed(slots, tail, item);
        boolean merged = chain == null && scope.merged;
        return merged || tail.picks() ? List.of(some(slots)) : slots;
    }

    private void changed(List<OutputSlot> slots, StarTail tail, Item item) throws TooMuch {
        slots.removeIf(
                slot ->
                        slot instanceof One one
                                && one.isNamed()
                                && one.name() != null
                                && tail.excluded().contains(one.name()));
        for (var entry : tail.replaced().entrySet()) {
            var instead = within(item, entry.getValue());
            for (int i = 0; i < slots.size(); i++) {
                switch (slots.get(i)) {
                    case One one when entry.getKey().equals(one.name()) ->
                            slots.set(i, new One(one.name(), one.isNamed(), instead));
                    case One one when !one.isNamed() || one.name() == null ->
                            slots.set(
                                    i,
                                    new One(
                                            one.name(),
                                            one.isNamed(),
                                            one.origins().and(instead).doubted()));
                    case One _ -> {}
                    case Some some -> slots.set(i, Some.of(some.origins().and(instead)));
                }
            }
        }
        for (int i = 0; i < slots.size() && !tail.renamed().isEmpty(); i++) {
            switch (slots.get(i)) {
                case One one -> {
                    var name = one.name() == null ? null : tail.renamed().get(one.name());
                    slots.set(i, name == null ? one : one.called(name));
                }
                case Some some -> slots.set(i, Some.of(some.origins()));
            }
        }
    }

    /// As many columns as come out, by their names.
    static Some some(List<OutputSlot> slots) {
        var named = new HashMap<String, Origins>();
        boolean all = true;
        for (var slot : slots) {
            switch (slot) {
                case One(var name, var isNamed, var origins) -> {
                    all &= isNamed && name != null;
                    if (name != null) {
                        named.merge(name, origins, Origins::and);
                    }
                }
                case Some some -> {
                    all &= !some.named().isEmpty();
                    some.named().forEach((name, of) -> named.merge(name, of, Origins::and));
                }
            }
        }
        return new Some(all ? named : Map.of(), all(slots).doubted());
    }

    /// What is read among these tokens. Of what has no place among them it may be read there too.
    private Origins within(Item star, Range tokens) throws TooMuch {
        var origins = Origins.NONE;
        for (int i = star.uses().from(); i < star.uses().to(); i++) {
            var chain = reading.uses.get(i).chain();
            boolean here =
                    chain == null
                            ? i != star.star()
                            : chain.from() >= tokens.from() && chain.from() < tokens.to();
            if (here) {
                origins = origins.and(of(reading.uses.get(i)));
            }
        }
        return origins;
    }

    // ---- what a use reads

    private Origins range(Range uses) throws TooMuch {
        var origins = Origins.NONE;
        for (int i = uses.from(); i < uses.to(); i++) {
            origins = origins.and(of(reading.uses.get(i)));
            work(origins.columns().size() / 16);
        }
        return origins;
    }

    private record Hit(Source source, @Nullable Set<String> readings) {}

    private Origins of(ColumnUse use) throws TooMuch {
        var hits = new ArrayList<Hit>();
        boolean certain = found(use, (source, readings) -> hits.add(new Hit(source, readings)));
        var origins = Origins.NONE;
        for (var hit : hits) {
            origins = origins.and(of(hit.source(), hit.readings()));
        }
        work(hits.size());
        if (!certain && use.chain() != null) {
            origins = origins.and(aliases(use.scope(), use.chain().parts().getFirst()));
        }
        return hits.size() > 1 && use.form() == ColumnUse.Form.NAME ? origins.doubted() : origins;
    }

    private boolean found(ColumnUse use, ColumnResolver.Found found) throws TooMuch {
        boolean certain = new ColumnResolver(resolver, found).resolve(use);
        work(use.scope().sources.size());
        return certain;
    }

    /// A name that no relation is sure to have may be an alias of the same select list.
    private Origins aliases(Scope scope, String name) throws TooMuch {
        var origins = Origins.NONE;
        var readings = NameChain.readings(name);
        for (var outer = scope; outer != null; outer = outer.parent) {
            var outputs = outer.outputs;
            if (outputs != null && readings.stream().anyMatch(outputs::has)) {
                for (var item : outputs.items()) {
                    if (item.name() != null && readings.contains(item.name())) {
                        origins = origins.and(alias(item));
                    }
                }
            }
        }
        return origins;
    }

    private Origins alias(Item item) throws TooMuch {
        var before = aliased.get(item);
        if (before != null) {
            return before;
        }
        if (!following.add(item)) {
            circular = true;
            return Origins.NONE;
        }
        deeper();
        var origins = range(item.uses());
        depth--;
        following.remove(item);
        // In a circle what was found at one place lacks what is found at the others.
        if (!circular) {
            aliased.put(item, origins);
        }
        circular &= !following.isEmpty();
        return origins;
    }

    // ---- relations of a FROM

    private Origins of(Source source, @Nullable Set<String> readings) throws TooMuch {
        if (readings == null || source.reshaped) {
            var all = all(columns(source));
            return source.reshaped ? all.doubted() : all;
        }
        return named(columns(source), readings);
    }

    private Origins named(List<OutputSlot> slots, Set<String> readings) throws TooMuch {
        work(slots.size() / 8);
        var sure = Origins.NONE;
        var unsure = Origins.NONE;
        boolean found = false;
        for (var slot : slots) {
            switch (slot) {
                case One(var name, var isNamed, var origins) -> {
                    if (name != null && readings.contains(name)) {
                        sure = sure.and(origins);
                        found |= isNamed;
                    } else if (!isNamed || name == null) {
                        unsure = unsure.and(origins);
                    }
                }
                case Some(var named, var origins) -> {
                    boolean here = false;
                    for (String reading : readings) {
                        var of = named.get(reading);
                        if (of != null) {
                            sure = sure.and(of);
                            here = true;
                        }
                    }
                    found |= here;
                    unsure = here ? unsure : unsure.and(origins);
                }
            }
        }
        return found ? sure : sure.and(unsure).doubted();
    }

    private List<OutputSlot> columns(Source source) throws TooMuch {
        var slots = listed(beneath(source), source.listed);
        return source.reshaped ? List.of(Some.of(all(slots))) : slots;
    }

    /// With the names of a list in their places.
    private static List<OutputSlot> listed(List<OutputSlot> slots, @Nullable Outputs list) {
        if (list == null) {
            return slots;
        }
        var names = list.list();
        var called = new ArrayList<OutputSlot>();
        boolean told = true;
        for (var slot : slots) {
            int place = called.size();
            told &= slot instanceof One;
            if (told && place < names.size() && slot instanceof One one) {
                called.add(one.called(names.get(place)));
            } else if (told) {
                called.add(slot);
            } else {
                called.add(Some.of(slot.origins()));
            }
        }
        return called;
    }

    private List<OutputSlot> beneath(Source source) throws TooMuch {
        var common = source.common;
        if (common != null) {
            return common(common);
        }
        if (source.kind == Kind.STAGE) {
            return List.of(Some.of(stage(source)));
        }
        if (source.namesObject()) {
            return object(source);
        }
        return switch (source.kind) {
            case FUNCTION, VALUES ->
                    source.derived && source.beneath != null
                            ? slots(source.beneath)
                            : List.of(Some.of(range(source.arguments)));
            case RESULT, TABLE, IDENTIFIER, TABLE_LITERAL, CTE, STAGE ->
                    List.of(Some.of(everything()));
        };
    }

    private List<OutputSlot> common(CommonTable table) throws TooMuch {
        var body = table.body;
        if (!table.usesItself && body != null) {
            return listed(slots(body), table.listed);
        }
        // Its columns may come from each other: from all that is read in it.
        var all = selfReading.get(table);
        if (all == null) {
            selfReading.put(table, Origins.NONE);
            deeper();
            all = range(table.uses).doubted();
            depth--;
            selfReading.put(table, all);
        }
        var slots = body == null ? List.<OutputSlot>of() : branchNames(body);
        if (slots.isEmpty()) {
            return List.of(Some.of(all));
        }
        var each = new ArrayList<OutputSlot>();
        for (var slot : slots) {
            each.add(
                    switch (slot) {
                        case One one -> new One(one.name(), one.isNamed(), all);
                        case Some _ -> Some.of(all);
                    });
        }
        return listed(each, table.listed);
    }

    /// The columns of the first branch, for their names alone.
    private static List<OutputSlot> branchNames(Outputs body) {
        var slots = new ArrayList<OutputSlot>();
        for (var item : body.items()) {
            slots.add(
                    item.star() < 0
                            ? new One(item.name(), item.isNamed(), Origins.NONE)
                            : Some.of(Origins.NONE));
        }
        return slots;
    }

    private Origins stage(Source source) {
        var origins = Origins.UNKNOWN;
        for (var name : source.names) {
            origins = origins.and(Origins.of(name, ColumnOrigin.ANY));
        }
        return origins;
    }

    private List<OutputSlot> object(Source source) throws TooMuch {
        if (source.names.size() == 1) {
            return object(source.names.getFirst());
        }
        var some = new ArrayList<OutputSlot>();
        for (var name : source.names) {
            some.add(some(object(name)));
        }
        return List.of(some.size() == 1 ? some.getFirst() : some(some));
    }

    private List<OutputSlot> object(ObjectName name) throws TooMuch {
        var before = objects.get(name);
        if (before != null) {
            return before;
        }
        var slots = relations.of(name);
        objects.put(name, slots);
        work(slots.size());
        return slots;
    }

    /// Any column that the statement reads.
    private Origins everything() throws TooMuch {
        var all = Origins.UNKNOWN;
        for (var source : reading.sources) {
            if (source.namesObject()) {
                for (var name : source.names) {
                    all =
                            all.and(
                                    source.kind == Kind.STAGE
                                            ? Origins.of(name, ColumnOrigin.ANY)
                                            : all(object(name)));
                }
            }
        }
        return all;
    }
}
