package dev.sfguard.gateway.tunnel;

import dev.sfguard.gateway.identity.Identity;

/// A certificate that lets its key's holder open tunnels.
///
/// @param openSsh one line of OpenSSH's format, ready for `id-cert.pub`
/// @param serial never 0; the same whenever this key is certified for this subject
/// @param user its only principal: the SSH user to log in as
/// @param identity as certified; it expires with the certificate
public record IssuedCertificate(String openSsh, long serial, String user, Identity identity) {}
