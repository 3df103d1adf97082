package dev.sfguard.gateway.admin;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.gateway.identity.Identity;
import java.io.IOException;
import java.util.Optional;

/// Says what the gateway would do with SQL, and does nothing of it.
public interface Explanations {

    /// @param connection one that exists
    /// @param database folded; empty: the connection's own
    /// @param schema folded; empty: the connection's own
    /// @param own whether whoever calls asks for themselves
    /// @param viewTexts whether what views are defined as may be shown
    record Question(
            String connection,
            Optional<String> database,
            Optional<String> schema,
            String sql,
            boolean viewTexts,
            boolean own) {}

    /// A name as Snowflake keeps it; empty when this is not one.
    Optional<String> name(String written);

    /// @param who asks, or is pretended to
    ///
    /// @throws IOException when it cannot be told now
    JsonNode explain(Identity who, Question question) throws IOException;
}
