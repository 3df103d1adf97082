package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.sql.ObjectName;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the policy wants masked for one identity in one statement.
///
/// @param columns by object, then by column name, folded: only objects that the statement
///     touches, or, where its objects are not known, that it may touch
/// @param detectors to be run over every delivered text cell, in the policy's order
public record Masks(Map<ObjectName, Map<String, ColumnMask>> columns, List<Detection> detectors) {

    public static final Masks NONE = new Masks(Map.of(), List.of());

    public Masks {
        columns = Map.copyOf(columns);
        detectors = List.copyOf(detectors);
    }

    public boolean isEmpty() {
        return columns.isEmpty() && detectors.isEmpty();
    }

    /// How one column is masked.
    ///
    /// @param rule the mask's name in the policy
    public record ColumnMask(String rule, With with, Writes writes) {}

    /// What happens when a masked column reaches a write: CREATE TABLE AS, INSERT … SELECT, MERGE.
    public enum Writes {
        BLOCK,
        MASK
    }

    /// What stands in the place of a value. Each kind keeps the column's type.
    public sealed interface With {
        /// A constant of the type: `***`, 0, an early date.
        record Redact() implements With {}

        /// The last four characters stay; of an e-mail address the first and the domain.
        record Partial() implements With {}

        record Null() implements With {}

        /// By the connection's `mask_function`, an operator-owned secure function, so that joins
        /// still work.
        record Hash() implements With {}

        /// An SQL expression over the column.
        record Expression(String sql) implements With {}
    }

    /// One entry of the policy's `detectors`.
    ///
    /// @param find names of built-in detectors, in lower case: `card`, `email`, `us_ssn`, `iban`,
    ///     `phone`, `api_key`, `private_key`
    /// @param patterns own regular expressions (RE2), by name
    /// @param with redact, partial, null, or hash
    public record Detection(Set<String> find, Map<String, String> patterns, With with) {
        public Detection {
            find = Set.copyOf(find);
            patterns = Map.copyOf(patterns);
        }
    }
}
