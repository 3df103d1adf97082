package dev.sfguard.gateway.sql;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The result columns of a query, gathered while it is read: their names, and where in the text and
/// among the uses each stands.
final class Outputs {
    /// One item of a select list.
    ///
    /// @param name its alias, or the column it is; null when it has neither
    /// @param isNamed the name is certain; else it is a guess
    /// @param from its first token
    /// @param to behind its last token
    /// @param uses what is read in it, by place in {@link Reading#uses}
    /// @param star the use that is its `*` or `t.*`, or -1
    /// @param behindStar the token behind that
    record Item(
            @Nullable String name,
            boolean isNamed,
            int from,
            int to,
            Range uses,
            int star,
            int behindStar) {}

    private final Set<String> names = new LinkedHashSet<>();
    private final List<String> list = new ArrayList<>();
    private final List<Item> items = new ArrayList<>();
    private final List<Outputs> branches = new ArrayList<>();
    private boolean open;
    private boolean byName;

    /// Of a SELECT: where its names are looked up.
    @Nullable Scope scope;

    /// Of VALUES: what is read in them, by place in {@link Reading#uses}.
    @Nullable Range values;

    static Outputs unknown() {
        var outputs = new Outputs();
        outputs.open();
        return outputs;
    }

    void add(String name) {
        names.add(name);
        list.add(name);
    }

    void add(Item item) {
        items.add(item);
    }

    /// The other side of a set operator.
    void branch(Outputs other, boolean matchesNames) {
        branches.add(other);
        byName |= matchesNames;
    }

    /// There may be more columns than those named: a star, a function's result.
    void open() {
        open = true;
    }

    boolean isOpen() {
        return open;
    }

    boolean has(String name) {
        return names.contains(name);
    }

    /// As they were added; of a list of columns, one for each column.
    List<String> list() {
        return list;
    }

    List<Item> items() {
        return items;
    }

    List<Outputs> branches() {
        return branches;
    }

    /// Columns of the branches are matched by their names and not by their places.
    boolean isByName() {
        return byName;
    }
}
