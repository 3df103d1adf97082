package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.policy.Policy;
import dev.sfguard.gateway.policy.Usage;
import dev.sfguard.gateway.sql.NameScope;
import dev.sfguard.gateway.store.StoreFailed;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Tries texts against what holds at this moment: the policy, the connection's settings and the
/// picture of its tables. Asks Snowflake for nothing but that picture, and records nothing.
public final class LiveTrials {
    private final Supplier<Policy> policy;
    private final Map<String, Connection> connections;
    private final Map<String, AccountCatalog> catalogs;
    private final Quotas quotas;
    private final Clock clock;

    /// Apart from the one of statements, whose memory of texts is theirs.
    private final Judge judge = new Judge();

    LiveTrials(
            Supplier<Policy> policy,
            Map<String, Connection> connections,
            Map<String, AccountCatalog> catalogs,
            Quotas quotas,
            Clock clock) {
        this.policy = policy;
        this.connections = Map.copyOf(connections);
        this.catalogs = Map.copyOf(catalogs);
        this.quotas = quotas;
        this.clock = clock;
        // On a cold, busy machine the parser's first text takes longer than a statement may.
        if (policy.get().needsCatalog()) {
            Thread.ofVirtual().name("warm-up").start(judge::warmUp);
        }
    }

    /// What came out.
    ///
    /// @param policy the version that it was tried against
    public record Tried(Trial trial, String policy) {}

    /// In a session that has just begun.
    ///
    /// @param connection one that exists
    /// @param database folded; empty: the connection's
    /// @param schema folded; empty: the connection's, in its own database
    /// @param used whether what the person has used up counts; nobody who is pretended has any
    /// @throws StoreFailed when that cannot be read
    public Tried run(
            Identity who,
            String connection,
            Optional<String> database,
            Optional<String> schema,
            String text,
            boolean used)
            throws StoreFailed {
        var settings = connections.get(connection);
        var catalog = catalogs.get(connection);
        if (settings == null || catalog == null) {
            throw new IllegalArgumentException("there is no connection " + connection);
        }
        // One policy for all of it, whatever is taken meanwhile.
        var current = policy.get();
        var role = current.roleFor(who, connection);
        var around =
                new Surroundings(
                        connection,
                        Set.of(role.orElse("")),
                        scope(settings, database, schema),
                        "",
                        settings.maskFunction(),
                        _ -> false);
        var now = clock.instant();
        // As a describe it counts nothing.
        var usage = used ? quotas.usage(current, who, text, true) : Usage.NONE;
        var judged = judge.judge(current, who, around, catalog, text, usage, now);
        return new Tried(
                Trial.of(current, who, role, judge, around, judged, text, usage, now),
                current.version());
    }

    private static NameScope scope(
            Connection settings, Optional<String> database, Optional<String> schema) {
        var own = settings.database().map(Upstream::folded);
        var in = database.or(() -> own);
        var at = schema.or(() -> in.equals(own) ? settings.schema().map(Upstream::folded) : PUBLIC);
        return new NameScope(in.orElse(null), at.orElse(null));
    }

    /// Where `USE DATABASE` leads.
    private static final Optional<String> PUBLIC = Optional.of("PUBLIC");
}
