package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.sql.Analysis.Understood;
import java.util.Optional;
import java.util.Set;

/// One rule of the policy file. It applies where all that it says holds.
///
/// @param line where it stands in the file
/// @param who nobody is left out when absent
/// @param unless exempted from the rule
/// @param hasWhere the statement must have, or must not have, a WHERE that narrows it
/// @param connections empty for any
/// @param roles the session's role, folded as Snowflake folds names; empty for any
record Rule(
        String name,
        int line,
        Optional<People> who,
        Optional<People> unless,
        StatementMatcher statement,
        Optional<Boolean> hasWhere,
        Set<String> connections,
        Set<String> roles,
        Verdict verdict,
        Optional<String> message) {

    enum Verdict {
        ALLOW,
        BLOCK
    }

    Rule {
        connections = Set.copyOf(connections);
        roles = Set.copyOf(roles);
    }

    /// Everything but the statement's class and effects holds.
    boolean applies(Identity identity, SessionView session, Understood analysis) {
        return who.map(people -> people.include(identity)).orElse(true)
                && !unless.map(people -> people.include(identity)).orElse(false)
                && hasWhere.map(wanted -> wanted == analysis.hasWhere()).orElse(true)
                && (connections.isEmpty() || connections.contains(session.connection()))
                && (roles.isEmpty() || roles.contains(session.role()));
    }

    /// It speaks of statements alone: of everybody's, everywhere.
    boolean isUnconditional() {
        return who.isEmpty()
                && unless.isEmpty()
                && hasWhere.isEmpty()
                && connections.isEmpty()
                && roles.isEmpty();
    }
}
