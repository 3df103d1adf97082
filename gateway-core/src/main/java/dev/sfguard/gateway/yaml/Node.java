package dev.sfguard.gateway.yaml;

import java.util.List;

/// A value as it stands in the file.
sealed interface Node {
    Place place();

    /// @param plain written without quotes, so that `true` may mean a truth value
    record Scalar(String text, boolean plain, Place place) implements Node {

        boolean isNothing() {
            return plain && (text.isEmpty() || text.equals("~") || text.equals("null"));
        }
    }

    record Items(List<Node> items, Place place) implements Node {}

    record Entries(List<Entry> entries, Place place) implements Node {}

    record Entry(Scalar key, Node value) {}

    /// For messages: what the reader found instead of what it wanted.
    default String describe() {
        return switch (this) {
            case Scalar scalar -> scalar.isNothing() ? "nothing" : '"' + scalar.text() + '"';
            case Items _ -> "a list";
            case Entries _ -> "a mapping";
        };
    }
}
