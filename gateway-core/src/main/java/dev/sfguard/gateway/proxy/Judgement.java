package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.policy.Decision;
import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.sql.NameScope;
import dev.sfguard.gateway.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What is known and decided of one request's text.
///
/// @param whole the strictest of all; it holds for all
/// @param ends where the session looks up names afterwards; empty when that cannot be foreseen
/// @param local whether the gateway answers it alone, because it only speaks to the gateway
record Judgement(List<Part> parts, Decision whole, Optional<NameScope> ends, boolean local) {

    /// @param scope where its names are looked up
    /// @param catalog the picture that it was read and decided with
    /// @param masked what stands in its place at Snowflake
    record Part(
            Statement statement,
            Analysis analysis,
            NameScope scope,
            Catalog catalog,
            Decision decision,
            Masked masked) {}

    /// What goes to Snowflake in the request's place.
    ///
    /// @param asked the request's text
    String text(String asked) {
        var text = new StringBuilder();
        int at = 0;
        for (var part : parts) {
            var statement = part.statement();
            text.append(asked, at, statement.offset()).append(part.masked().text());
            at = statement.offset() + statement.text().length();
        }
        return text.append(asked, at, asked.length()).toString();
    }

    /// The roles that the session may have taken afterwards.
    Set<String> takes() {
        return parts.stream()
                .flatMap(part -> Roles.taken(part.analysis()).stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    Judgement {
        parts = List.copyOf(parts);
    }
}
