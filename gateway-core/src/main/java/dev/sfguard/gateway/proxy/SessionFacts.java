package dev.sfguard.gateway.proxy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.snowflake.Json;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Who a session belongs to and how it began: what it takes to begin it again at Snowflake.
///
/// @param front whether it came through the HTTPS front, and not through a tunnel
/// @param agent whether the client raised itself to an agent
/// @param number what the client knows the session by
/// @param parameters of the session, as they went to Snowflake
record SessionFacts(
        String connection,
        boolean front,
        String subject,
        String user,
        String kind,
        Set<String> groups,
        String issuer,
        long identityExpires,
        boolean agent,
        String role,
        String driver,
        String driverVersion,
        String application,
        @Nullable String warehouse,
        @Nullable String database,
        @Nullable String schema,
        Map<String, JsonNode> parameters,
        long number,
        long opened) {

    static SessionFacts of(
            String connection,
            boolean front,
            Identity identity,
            boolean agent,
            UpstreamLogin login,
            Instant now) {
        return new SessionFacts(
                connection,
                front,
                identity.subject(),
                identity.name(),
                identity.kind().name(),
                identity.groups(),
                identity.issuer(),
                identity.expires().toEpochMilli(),
                agent,
                login.role(),
                login.driver(),
                login.driverVersion(),
                login.application(),
                login.warehouse().orElse(null),
                login.database().orElse(null),
                login.schema().orElse(null),
                login.parameters(),
                Tokens.number(),
                now.toEpochMilli());
    }

    /// @return empty when it is not what {@link #json} wrote: nothing is guessed of a session
    static Optional<SessionFacts> read(String json) {
        try {
            SessionFacts facts = Json.mapper().readValue(json, SessionFacts.class);
            return Optional.ofNullable(facts).filter(SessionFacts::isWhole);
        } catch (JsonProcessingException | IllegalArgumentException damaged) {
            return Optional.empty();
        }
    }

    private boolean isWhole() {
        return Stream.of(
                                connection,
                                subject,
                                user,
                                kind,
                                groups,
                                issuer,
                                role,
                                driver,
                                driverVersion,
                                application,
                                parameters)
                        .allMatch(Objects::nonNull)
                && Stream.of(Identity.Kind.values()).anyMatch(it -> it.name().equals(kind));
    }

    String json() {
        try {
            return Json.mapper().writeValueAsString(this);
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /// The identity as the newest proof of it says: that of the login, or of a request since.
    Identity identity() {
        return new Identity(
                subject,
                user,
                Identity.Kind.valueOf(kind),
                groups,
                issuer,
                Instant.ofEpochMilli(identityExpires));
    }

    UpstreamLogin login() {
        return new UpstreamLogin(
                role,
                Optional.ofNullable(warehouse),
                Optional.ofNullable(database),
                Optional.ofNullable(schema),
                parameters,
                driver,
                driverVersion,
                application);
    }

    boolean belongsTo(Identity other) {
        return subject.equals(other.subject()) && issuer.equals(other.issuer());
    }

    /// Whether this proof of the identity came later than all before.
    boolean isNews(Identity proven) {
        return belongsTo(proven) && proven.expires().toEpochMilli() > identityExpires;
    }

    /// What is an agent stays one.
    SessionFacts provenBy(Identity newest) {
        var agents = Identity.Kind.AGENT.name();
        return with(
                newest.name(),
                kind.equals(agents) ? agents : newest.kind().name(),
                newest.groups(),
                newest.expires().toEpochMilli(),
                agent);
    }

    SessionFacts raisedToAgent() {
        return with(user, kind, groups, identityExpires, true);
    }

    private SessionFacts with(
            String name, String newKind, Set<String> newGroups, long expires, boolean asAgent) {
        return new SessionFacts(
                connection,
                front,
                subject,
                name,
                newKind,
                newGroups,
                issuer,
                expires,
                asAgent,
                role,
                driver,
                driverVersion,
                application,
                warehouse,
                database,
                schema,
                parameters,
                number,
                opened);
    }
}
