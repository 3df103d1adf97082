package dev.sfguard.gateway.admin;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.identity.Secret;
import java.time.Instant;

/// Where user certificates come from: the tunnel's authority, which this package does not know.
public interface Certificates {

    /// Signs a public key for somebody whose identity is proven.
    ///
    /// @param publicKey one line in OpenSSH's format
    /// @throws IllegalArgumentException when the key is no ed25519 key; the text is for people
    Issued issue(Identity identity, String publicKey);

    /// Proves an identity by a token, to renew a certificate.
    ///
    /// @throws IllegalArgumentException when the token is refused; the text is for people
    Identity prove(Secret token);

    /// @param certificate one line in OpenSSH's format
    record Issued(String certificate, long serial, Instant expires) {}
}
