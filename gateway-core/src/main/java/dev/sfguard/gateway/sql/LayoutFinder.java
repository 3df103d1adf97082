package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.OriginTracer.TooMuch;
import dev.sfguard.gateway.sql.OutputSlot.One;
import dev.sfguard.gateway.sql.OutputSlot.Some;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds what the columns of a statement's result are made of, down to the tables beneath its
/// views.
final class LayoutFinder {
    /// Views over views over views.
    private static final int DEEPEST = 16;

    private final Catalog catalog;
    private final int depth;
    private final Map<ObjectName, List<OutputSlot>> views;

    private LayoutFinder(Catalog catalog, int depth, Map<ObjectName, List<OutputSlot>> views) {
        this.catalog = catalog;
        this.depth = depth;
        this.views = views;
    }

    static Optional<ResultLayout> find(Tokens tokens, Resolver resolver) {
        try {
            return new LayoutFinder(resolver.catalog(), 0, new HashMap<>())
                    .slots(tokens, resolver)
                    .map(LayoutFinder::layout);
        } catch (TooMuch _) {
            return Optional.empty();
        }
    }

    private Optional<List<OutputSlot>> slots(Tokens tokens, Resolver resolver) throws TooMuch {
        var statements = BlockScanner.split(tokens).statements();
        if (statements.size() != 1 || Bounds.exceeded(tokens) != null) {
            return Optional.empty();
        }
        var reading = new Reading();
        new ObjectReader(tokens, reading).readChain(statements.getFirst());
        var result = reading.result;
        if (result == null || reading.unknown() != null || !reading.texts.isEmpty()) {
            return Optional.empty();
        }
        for (var source : reading.sources) {
            if (source.namesObject() && source.chain != null) {
                var names = resolver.resolve(source.chain);
                if (names == null) {
                    return Optional.empty();
                }
                source.names = names;
            }
        }
        return Optional.of(
                new OriginTracer(tokens, reading, resolver, this::relation).slots(result));
    }

    private List<OutputSlot> relation(ObjectName name) throws TooMuch {
        var relation = catalog.find(name).orElse(null);
        if (relation != null && relation.kind() == Catalog.Kind.VIEW) {
            var before = views.get(name);
            var slots = before == null ? view(relation) : before;
            views.put(name, slots);
            return slots;
        }
        if (relation == null || relation.columns().isEmpty()) {
            return List.of(Some.of(Origins.of(name, ColumnOrigin.ANY)));
        }
        return relation.columns().stream()
                .<OutputSlot>map(it -> new One(it.name(), true, Origins.of(name, it.name())))
                .toList();
    }

    private List<OutputSlot> view(Catalog.Relation view) throws TooMuch {
        var slots = body(view);
        if (slots == null) {
            // What is behind it nobody knows: then it is itself where values come from.
            var unknown = Origins.of(view.name(), ColumnOrigin.ANY).doubted();
            return view.columns().isEmpty()
                    ? List.of(Some.of(unknown))
                    : view.columns().stream()
                            .<OutputSlot>map(it -> new One(it.name(), true, unknown))
                            .toList();
        }
        if (view.columns().isEmpty()) {
            return slots;
        }
        boolean told =
                slots.size() == view.columns().size()
                        && slots.stream().allMatch(One.class::isInstance);
        var all = Origins.NONE;
        for (var slot : slots) {
            all = all.and(slot.origins());
        }
        var called = new ArrayList<OutputSlot>();
        for (int i = 0; i < view.columns().size(); i++) {
            var name = view.columns().get(i).name();
            called.add(new One(name, true, told ? slots.get(i).origins() : all.doubted()));
        }
        return called;
    }

    private @Nullable List<OutputSlot> body(Catalog.Relation view) throws TooMuch {
        var text = Optional.ofNullable(view.definition()).flatMap(ViewText::of);
        if (text.isEmpty() || depth == DEEPEST) {
            return null;
        }
        var scope = new NameScope(view.name().database(), view.name().schema());
        return new LayoutFinder(catalog, depth + 1, views)
                .slots(Lexer.read(text.get().query()), new Resolver(scope, catalog))
                .orElse(null);
    }

    // ---- for others to read

    private static ResultLayout layout(List<OutputSlot> slots) {
        int first = 0;
        while (first < slots.size() && slots.get(first) instanceof One) {
            first++;
        }
        int last = slots.size();
        while (last > first && slots.get(last - 1) instanceof One) {
            last--;
        }
        return new ResultLayout(
                columns(slots.subList(0, first)),
                first == last ? Optional.empty() : Optional.of(spread(slots.subList(first, last))),
                columns(slots.subList(last, slots.size())));
    }

    private static List<ResultColumn> columns(List<OutputSlot> slots) {
        var columns = new ArrayList<ResultColumn>();
        for (var slot : slots) {
            if (slot instanceof One(var name, var isNamed, var origins)) {
                var known = isNamed ? Optional.ofNullable(name) : Optional.<String>empty();
                columns.add(new ResultColumn(known, origins.columns(), origins.certain()));
            }
        }
        return columns;
    }

    private static ResultLayout.Spread spread(List<OutputSlot> slots) {
        var some = OriginTracer.some(slots);
        var named = new HashMap<String, ResultColumn>();
        some.named()
                .forEach(
                        (name, origins) ->
                                named.put(
                                        name,
                                        new ResultColumn(
                                                Optional.of(name),
                                                origins.columns(),
                                                origins.certain())));
        return new ResultLayout.Spread(
                named, new ResultColumn(Optional.empty(), some.origins().columns(), false));
    }
}
