package dev.sfguard.agent.login;

import dev.sfguard.gateway.identity.Secret;
import java.util.Optional;

/// What an issuer gave.
///
/// @param refresh absent where the issuer gives none, or keeps the old one valid
record IssuerTokens(Secret idToken, Optional<Secret> refresh) {}
