package dev.sfguard.sandbox;

import java.time.Instant;

/// An HTTP request that reached the sandbox, whatever became of it.
///
/// @param query as sent, undecoded; empty without one
public record ReceivedRequest(String method, String path, String query, Instant at) {}
