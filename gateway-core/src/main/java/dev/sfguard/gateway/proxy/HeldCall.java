package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.snowflake.QueryRequest;
import java.time.Instant;

/// A request that waits for people: what runs once they have said yes.
///
/// @param approval what people answer to
/// @param agent whether an AI agent asks, as the client said with the request
/// @param until when the client wants to hear that nobody has answered yet
record HeldCall(String approval, QueryRequest request, boolean agent, Instant until) {}
