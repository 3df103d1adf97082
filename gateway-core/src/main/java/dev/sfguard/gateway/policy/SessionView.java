package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.sql.Catalog;
import java.util.Optional;
import java.util.function.Predicate;

/// What a decision may know of the session it is made for.
///
/// @param connection the connection's name in the configuration
/// @param role the session's present Snowflake role, as Snowflake reports it
/// @param database the session's present one, folded
/// @param schema the session's present one, folded
/// @param application as the client calls itself; empty when it does not
/// @param catalog of the connection's account: the picture that the analysis was made with
/// @param ranQuery whether this session ran the query of this id
public record SessionView(
        String connection,
        String role,
        Optional<String> database,
        Optional<String> schema,
        String application,
        Catalog catalog,
        Predicate<String> ranQuery) {

    /// Of a session of which nothing else is known.
    public SessionView(String connection, String role, Predicate<String> ranQuery) {
        this(connection, role, Optional.empty(), Optional.empty(), "", Catalog.EMPTY, ranQuery);
    }
}
