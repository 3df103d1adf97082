package dev.sfguard.gateway.policy;

import java.util.List;

/// Which names the masks of a policy protect, for anybody: what is shown of a statement to others
/// hides the literals that stand for such a column. By a name's last part alone, as a text says no
/// more; so a column of the same name elsewhere counts too.
public final class ProtectedNames {
    public static final ProtectedNames NONE = new ProtectedNames(List.of());

    private final List<ColumnPattern> patterns;

    ProtectedNames(List<ColumnPattern> patterns) {
        this.patterns = List.copyOf(patterns);
    }

    /// @param name folded as Snowflake folds it
    public boolean isColumn(String name) {
        return patterns.stream().anyMatch(pattern -> pattern.column().matches(name));
    }

    /// An object of this name has protected columns. Patterns for columns of every object do not
    /// count: they would make each name one of them.
    ///
    /// @param name folded
    public boolean isObject(String name) {
        return patterns.stream()
                .map(pattern -> pattern.object().name())
                .anyMatch(object -> !isAny(object) && object.matches(name));
    }

    /// Some column is protected in whatever object it is.
    public boolean anywhere() {
        return patterns.stream().anyMatch(pattern -> isAny(pattern.object().name()));
    }

    private static boolean isAny(NamePattern name) {
        return !name.quoted() && name.text().equals("*");
    }
}
