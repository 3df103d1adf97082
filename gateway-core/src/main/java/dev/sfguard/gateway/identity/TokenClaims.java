package dev.sfguard.gateway.identity;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a verified token's claims say of its bearer.
record TokenClaims(IssuerSettings issuer, JWSHeader header, JWTClaimsSet claims) {
    private static final String CLIENT_CREDENTIALS = "client_credentials";

    /// Longer names are no names; they would end in certificates, lists and logs.
    private static final int LONGEST_NAME = 256;

    Identity identity() throws ParseException {
        String subject = claims.getSubject();
        if (subject == null || subject.isBlank() || !isPrintable(subject)) {
            throw new ParseException("sub", 0);
        }
        Set<String> groups = groups();
        return new Identity(
                subject,
                name(subject),
                kind(groups),
                groups,
                issuer.issuer().toString(),
                claims.getExpirationTime().toInstant());
    }

    /// RFC 9068 marks access tokens in the header. Keycloak does it by a claim `typ`; others give
    /// them a `scope`, which ID tokens lack.
    boolean isAccessToken() {
        var type = header.getType();
        Object claimed = claims.getClaim("typ");
        return (type != null && type.getType().equalsIgnoreCase("at+jwt"))
                || (claimed != null && !claimed.equals("ID"))
                || claims.getClaim("scope") != null
                || claims.getClaim("scp") != null;
    }

    /// Whether a program got it for itself. By `gty` where the issuer says so; by RFC 9068
    /// section
    /// 2.2, where the subject is the client; by Keycloak's name for a client's own account.
    boolean isForProgram() {
        String client = text("client_id").or(() -> text("azp")).orElse("");
        return grant().equals(CLIENT_CREDENTIALS)
                || (!client.isEmpty() && client.equals(claims.getSubject()))
                || (!client.isEmpty()
                        && text("preferred_username")
                                .map(name -> name.equals("service-account-" + client))
                                .orElse(false));
    }

    /// Names the token for {@link UsedTokens}: by `jti` where there is one, else by its bytes.
    String onceKey(Secret token) {
        String id = claims.getJWTID();
        // Only what is signed: a changed signature encoding must not make a used token new.
        String signed = token.reveal().substring(0, token.reveal().lastIndexOf('.'));
        return sha256(issuer.issuer() + "\n" + (id == null ? "bytes " + signed : "jti " + id));
    }

    private Identity.Kind kind(Set<String> groups) {
        boolean program = isForProgram();
        boolean agentGrant =
                issuer.agentGrants().contains(grant())
                        || (program && issuer.agentGrants().contains(CLIENT_CREDENTIALS));
        if (agentGrant || groups.stream().anyMatch(issuer.agentGroups()::contains)) {
            return Identity.Kind.AGENT;
        }
        return program ? Identity.Kind.WORKLOAD : Identity.Kind.HUMAN;
    }

    private String grant() {
        return text("gty").map(grant -> grant.replace('-', '_')).orElse("");
    }

    /// An address that the issuer marks as unverified could be anybody's.
    private String name(String subject) {
        boolean unverified = Objects.equals(claims.getClaim("email_verified"), false);
        return Optional.<String>empty()
                .or(() -> unverified ? Optional.empty() : text("email"))
                .or(() -> text("preferred_username"))
                .filter(TokenClaims::isPrintable)
                .orElse(subject);
    }

    private static boolean isPrintable(String name) {
        return name.length() <= LONGEST_NAME
                && name.codePoints().noneMatch(Character::isISOControl);
    }

    private Set<String> groups() throws ParseException {
        Object value = claims.getClaim(issuer.groupsClaim());
        var groups = new HashSet<String>();
        for (Object group : listed(value)) {
            if (!(group instanceof String name)) {
                throw new ParseException(issuer.groupsClaim(), 0);
            }
            groups.add(name);
        }
        return groups;
    }

    private List<?> listed(@Nullable Object value) throws ParseException {
        return switch (value) {
            case null -> List.of();
            case String one -> List.of(one);
            case List<?> many -> many;
            case Object other -> throw new ParseException(issuer.groupsClaim(), 0);
        };
    }

    private Optional<String> text(String claim) {
        return claims.getClaim(claim) instanceof String value && !value.isBlank()
                ? Optional.of(value)
                : Optional.empty();
    }

    private static String sha256(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
