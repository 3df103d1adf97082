package dev.sfguard.gateway.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.gateway.policy.Policy;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Tries a connection as a client's session would use it, and looks for the two policies without
/// which the gateway's credential is worth stealing. Changes nothing at Snowflake.
public final class ConnectionProbe {
    private static final String CLIENT = "JDBC";

    private final Connection connection;
    private final Clock clock;

    public ConnectionProbe(Connection connection, Clock clock) {
        this.connection = connection;
        this.clock = clock;
    }

    /// What was found.
    ///
    /// @param level how bad it is
    /// @param text one sentence for people
    public record Finding(Level level, String text) {
        public enum Level {
            OK,
            WARNING,
            FAILED
        }
    }

    /// Logs in with each role that the policy maps to, and asks.
    public List<Finding> run(Policy policy) {
        var roles = policy.rolesOf(connection.name());
        var findings = new ArrayList<Finding>();
        if (roles.isEmpty()) {
            findings.add(
                    warning(
                            "the policy maps no group to a role: nobody may use it. Add it under"
                                    + " roles"));
        }
        boolean asked = false;
        for (String role : roles.stream().sorted().toList()) {
            try {
                role(role, !asked, findings);
                asked = true;
            } catch (UpstreamFault.Refused refused) {
                findings.add(failed("role " + role + ": " + refused.what() + next(refused, role)));
            } catch (UpstreamFault away) {
                // The next role would meet the same.
                findings.add(
                        failed(
                                away.what()
                                        + ". Is the account right, and may this machine connect to"
                                        + " it?"));
                break;
            }
        }
        if (asked && policy.needsCatalog()) {
            catalog(policy, findings);
        }
        return findings;
    }

    /// Reads the catalog as the running gateway does, and holds the policy's names against it.
    private void catalog(Policy policy, List<Finding> findings) {
        var database = connection.database().map(Upstream::folded);
        if (database.isEmpty()) {
            findings.add(
                    warning(
                            "no database is set: the catalog that masks and rules on objects need"
                                    + " begins with the first statement that names one"));
            return;
        }
        try (var upstream = new Upstream(connection, UpstreamSettings.standard(), clock);
                var reader =
                        new CatalogReader(
                                upstream,
                                () -> policy.rolesOf(connection.name()),
                                CatalogReader.Limits.standard())) {
            var catalog = reader.read(Set.of(database.get()));
            findings.add(
                    catalog.databases().isEmpty()
                            ? failed(
                                    "no mapped role sees the database %1$s. Grant it: GRANT USAGE ON DATABASE %1$s TO ROLE …"
                                            .formatted(database.get()))
                            : ok(
                                    "the mapped roles together see %d tables and views in %s; any other is unknown to masks and rules on objects, and refused by them"
                                            .formatted(
                                                    catalog.relations().size(), database.get())));
            policy.doubts(catalog).forEach(doubt -> findings.add(warning(doubt)));
        } catch (CatalogFailed failed) {
            findings.add(failed("the catalog cannot be read: " + failed.getMessage()));
        }
    }

    /// @param policies whether to look for the policies too: once is enough
    private void role(String role, boolean policies, List<Finding> findings) throws UpstreamFault {
        try (var upstream = new Upstream(connection, UpstreamSettings.standard(), clock)) {
            var session =
                    upstream.login(
                            new UpstreamLogin(
                                    role,
                                    connection.warehouse(),
                                    connection.database(),
                                    connection.schema(),
                                    Map.of(),
                                    CLIENT,
                                    "0",
                                    "sfguard_check"));
            findings.add(ok("login as " + connection.user() + " with role " + role));
            if (policies) {
                findings.add(secondaryRoles(session));
                findings.add(networkPolicy(session));
            }
            session.close();
        }
    }

    private String next(UpstreamFault.Refused refused, String role) {
        return refused.what().contains("gateway's login")
                ? ". Does the user %s have the public key of snowflake-setup.sql, and this machine's address in its network policy?"
                        .formatted(connection.user())
                : ". Create it and grant it: GRANT ROLE %s TO USER %s"
                        .formatted(Upstream.identifier(role), connection.user());
    }

    /// Tries what the session policy must forbid; NONE again at once, in case it does not.
    private static Finding secondaryRoles(UpstreamSession session) throws UpstreamFault {
        boolean taken = succeeds(session.run("USE SECONDARY ROLES ALL"));
        if (!taken) {
            return ok("a session policy forbids secondary roles");
        }
        session.run("USE SECONDARY ROLES NONE");
        return warning(
                "no session policy forbids secondary roles: run the SQL that `gateway init` wrote");
    }

    private Finding networkPolicy(UpstreamSession session) throws UpstreamFault {
        var answer =
                session.run(
                        "SHOW PARAMETERS LIKE 'NETWORK_POLICY' FOR USER \""
                                + connection.user().replace("\"", "\"\"")
                                + '"');
        if (!succeeds(answer)) {
            return warning(
                    "whether a network policy holds for the user could not be seen: ask who may run"
                            + " SHOW PARAMETERS for it");
        }
        return value(answer)
                .map(name -> ok("network policy " + name + " holds for the user"))
                .orElseGet(
                        () ->
                                warning(
                                        "no network policy holds for the user: with its key"
                                                + " anybody could go around the gateway. Run the"
                                                + " SQL that `gateway init` wrote"));
    }

    /// `SHOW PARAMETERS` answers key and value first.
    private static Optional<String> value(JsonNode answer) {
        return Optional.of(answer.at("/data/rowset/0/1").asText()).filter(text -> !text.isEmpty());
    }

    private static boolean succeeds(JsonNode answer) {
        return answer.path("success").asBoolean();
    }

    private static Finding ok(String text) {
        return new Finding(Finding.Level.OK, text);
    }

    private static Finding warning(String text) {
        return new Finding(Finding.Level.WARNING, text);
    }

    private static Finding failed(String text) {
        return new Finding(Finding.Level.FAILED, text);
    }
}
