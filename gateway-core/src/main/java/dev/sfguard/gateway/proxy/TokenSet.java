package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.identity.Secret;
import dev.sfguard.gateway.store.StoredSession;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The hashes of a session's tokens, and of those before the last renewal: its answer may have
/// been lost, or other requests of the client may be on their way with the old one.
record TokenSet(
        String token,
        String master,
        @Nullable String previousToken,
        @Nullable String previousMaster,
        Instant tokenExpires,
        Instant expires) {

    /// The texts of new tokens, for the client only.
    record Fresh(Secret token, Secret master) {
        static Fresh make() {
            return new Fresh(Tokens.fresh(), Tokens.fresh());
        }
    }

    static TokenSet first(Fresh fresh, Instant tokenExpires, Instant expires) {
        return new TokenSet(
                Tokens.hash(fresh.token().reveal()),
                Tokens.hash(fresh.master().reveal()),
                null,
                null,
                tokenExpires,
                expires);
    }

    /// @param usedMaster the hash of the master token that the client showed
    TokenSet renewed(Fresh fresh, String usedMaster, Instant tokenExpires, Instant expires) {
        return new TokenSet(
                Tokens.hash(fresh.token().reveal()),
                Tokens.hash(fresh.master().reveal()),
                usedMaster.equals(master) ? token : previousToken,
                usedMaster,
                tokenExpires,
                expires);
    }

    static TokenSet of(StoredSession stored) {
        return new TokenSet(
                stored.tokenHash(),
                stored.masterHash(),
                stored.previousTokenHash(),
                stored.previousMasterHash(),
                stored.tokenExpires(),
                stored.expires());
    }

    StoredSession stored(String id, SessionFacts facts) {
        return new StoredSession(
                id,
                token,
                master,
                previousToken,
                previousMaster,
                tokenExpires,
                expires,
                facts.json());
    }
}
