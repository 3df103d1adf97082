package dev.sfguard.gateway.store;

/// A query that outlives the request that began it: asynchronous, long, or one of several.
///
/// @param statement the request's number within its session
/// @param part which statement of the request's text, from 1; 0 is the whole request
public record StoredQuery(String queryId, String requestId, long statement, int part) {}
