package dev.sfguard.sandbox.engine;

import dev.sfguard.sandbox.engine.Roles.Grant;
import dev.sfguard.sandbox.engine.Roles.Power;
import dev.sfguard.sandbox.sql.Tokens;

/// GRANT and REVOKE, of roles to users and of privileges to roles.
final class Grants {
    private final Session session;

    Grants(Session session) {
        this.session = session;
    }

    Result run(Tokens tokens) throws SnowflakeError {
        var roles = session.account().roles();
        if (!roles.has(session.activeRoles(), Power.ADMINISTER)) {
            throw SnowflakeError.notPrivileged("account '" + session.account().name() + "'");
        }
        boolean grant = tokens.is(0, "GRANT");
        int to = tokens.find(grant ? "TO" : "FROM");
        if (to < 0) {
            throw SnowflakeError.syntax(1, tokens.source().length(), "<EOF>");
        }
        boolean toRole = tokens.is(to + 1, "ROLE");
        String grantee = tokens.at(toRole || tokens.is(to + 1, "USER") ? to + 2 : to + 1).name();
        if (tokens.is(1, "ROLE")) {
            role(grant, tokens.at(2).name(), toRole, grantee);
        } else {
            privileges(grant, tokens, to, grantee);
        }
        return Result.done(Result.DDL);
    }

    private void role(boolean grant, String role, boolean toRole, String grantee)
            throws SnowflakeError {
        var roles = session.account().roles();
        if (!roles.exists(role)) {
            throw SnowflakeError.noSuchObject("Role", role);
        }
        if (toRole) {
            // Roles do not inherit here; the list still shows the grant.
            roles.grant(new Grant("USAGE", "ROLE", role, grantee));
        } else if (grant) {
            roles.grantRole(role, grantee);
        } else {
            roles.revokeRole(role, grantee);
        }
    }

    private void privileges(boolean grant, Tokens tokens, int to, String role)
            throws SnowflakeError {
        var roles = session.account().roles();
        if (!roles.exists(role)) {
            throw SnowflakeError.noSuchObject("Role", role);
        }
        int on = tokens.find("ON");
        int end = on < 0 ? to : on;
        String object = on < 0 ? "" : tokens.sql(on + 2, to).replace(" ", "");
        String kind = on < 0 ? "ACCOUNT" : tokens.at(on + 1).upper();
        for (String privilege : tokens.sql(1, end).split("\\s*,\\s*", -1)) {
            var given = new Grant(privilege, kind, object, role);
            if (grant) {
                roles.grant(given);
            } else {
                roles.revoke(given);
            }
        }
    }
}
