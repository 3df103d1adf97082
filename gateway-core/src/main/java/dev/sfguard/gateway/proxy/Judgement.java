package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.policy.Decision;
import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.Statement;
import java.util.List;

/// What is known and decided of one request's text.
///
/// @param whole the strictest of all; it holds for all
/// @param local whether the gateway answers it alone, because it only speaks to the gateway
record Judgement(List<Part> parts, Decision whole, boolean local) {

    record Part(Statement statement, Analysis analysis, Decision decision) {}

    Judgement {
        parts = List.copyOf(parts);
    }
}
