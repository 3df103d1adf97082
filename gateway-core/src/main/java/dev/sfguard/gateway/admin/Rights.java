package dev.sfguard.gateway.admin;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.recording.SessionSummary;
import java.util.Set;

/// Who may see and end which sessions, by the groups that the configuration names.
///
/// @param readers see everybody's sessions, literals and data redacted
/// @param rawReaders see everybody's sessions as they were
/// @param admins end everybody's sessions
public record Rights(Set<String> readers, Set<String> rawReaders, Set<String> admins) {
    public Rights {
        readers = Set.copyOf(readers);
        rawReaders = Set.copyOf(rawReaders);
        admins = Set.copyOf(admins);
    }

    boolean readsAll(Identity who) {
        return isIn(who, readers) || isIn(who, rawReaders);
    }

    boolean reads(Identity who, SessionSummary session) {
        return readsAll(who) || isOwn(who, session);
    }

    /// What people wrote and got themselves they know.
    boolean readsRaw(Identity who, SessionSummary session) {
        return isOwn(who, session) || readsAllRaw(who);
    }

    boolean readsAllRaw(Identity who) {
        return isIn(who, rawReaders);
    }

    boolean ends(Identity who, SessionSummary session) {
        return isOwn(who, session) || isIn(who, admins);
    }

    private static boolean isOwn(Identity who, SessionSummary session) {
        return session.subject().equals(who.subject()) && session.issuer().equals(who.issuer());
    }

    private static boolean isIn(Identity who, Set<String> groups) {
        return who.groups().stream().anyMatch(groups::contains);
    }
}
