/// An OpenID Connect issuer for one machine: demos and tests sign in with it for real, by device
/// login and by client credentials. Loopback only; users from settings; keys in memory.
@NullMarked
package dev.sfguard.sandbox.issuer;

import org.jspecify.annotations.NullMarked;
