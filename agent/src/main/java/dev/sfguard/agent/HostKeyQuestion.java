package dev.sfguard.agent;

/// Asks a person whether a gateway's host key is the right one.
@FunctionalInterface
public interface HostKeyQuestion {
    /// Where nobody can be asked.
    HostKeyQuestion NOBODY = (gateway, fingerprint) -> false;

    /// @param fingerprint `SHA256:…`
    boolean isRight(GatewayAddress gateway, String fingerprint);
}
