package dev.sfguard.gateway.policy;

import java.util.function.Predicate;

/// What a decision may know of the session it is made for.
///
/// @param connection the connection's name in the configuration
/// @param role the session's present Snowflake role, as Snowflake reports it
/// @param ranQuery whether this session ran the query of this id
public record SessionView(String connection, String role, Predicate<String> ranQuery) {}
