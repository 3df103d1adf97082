package dev.sfguard.gateway.admin;

import org.jspecify.annotations.Nullable;

/// What a gateway tells anybody who asks.
public record GatewayInfo(String id, String version, String issuer, @Nullable String clientId) {}
