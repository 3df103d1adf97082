package dev.sfguard.gateway.masking;

import dev.sfguard.gateway.sql.ObjectName;
import java.util.Map;
import java.util.Set;

/// What becomes of a statement that reads masked columns.
public sealed interface Rewriting {

    /// @param text goes to Snowflake in the statement's place: the same binds in the same order
    /// @param masked the columns that are masked in it, by object
    record Rewritten(String text, Map<ObjectName, Set<String>> masked) implements Rewriting {
        public Rewritten {
            masked = Map.copyOf(masked);
        }
    }

    /// @param why one clause for people
    record Refused(String why) implements Rewriting {}
}
