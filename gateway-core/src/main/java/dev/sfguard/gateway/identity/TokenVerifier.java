package dev.sfguard.gateway.identity;

import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sfguard.gateway.identity.Verdict.Rejected;
import dev.sfguard.gateway.identity.Verdict.Verified;
import java.io.IOException;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Turns a token into an identity, or says why not. Knows only the issuers it was given; anything
/// about a token that it does not understand is a rejection.
public final class TokenVerifier {
    /// Tokens with hundreds of groups have some 10 KB; what is longer is no token.
    static final int LONGEST_TOKEN = 64 * 1024;

    /// How far an issuer's clock may be off.
    static final Duration SKEW = Duration.ofSeconds(30);

    private record Issuer(IssuerSettings settings, IssuerKeys keys) {}

    private record Token(IssuerSettings issuer, JWTClaimsSet claims, TokenClaims read) {}

    private static final class NotAccepted extends Exception {
        private static final long serialVersionUID = 1L;

        NotAccepted(String reason) {
            super(reason);
        }

        String reason() {
            return String.valueOf(getMessage());
        }
    }

    private final Map<String, Issuer> issuers;
    private final UsedTokens used;
    private final Clock clock;

    public TokenVerifier(List<IssuerSettings> issuers, UsedTokens used, Clock clock) {
        var byName = new LinkedHashMap<String, Issuer>();
        for (var settings : issuers) {
            var issuer = new Issuer(settings, new IssuerKeys(settings.issuer()));
            if (byName.put(settings.issuer().toString(), issuer) != null) {
                throw new IllegalArgumentException("issuer given twice: " + settings.issuer());
            }
        }
        this.issuers = byName;
        this.used = used;
        this.clock = clock;
    }

    /// For a certificate: an ID token of the configured client, or an access token that a program
    /// got for itself. Each token enrols once.
    public Verdict forEnrolment(Secret token) {
        try {
            var verified = verify(token);
            requireEnrolment(verified);
            var identity = identity(verified);
            if (!used.firstUse(verified.read().onceKey(token), identity.expires().plus(SKEW))) {
                return new Rejected("the token was used before, and a token enrols only once");
            }
            return new Verified(identity);
        } catch (NotAccepted e) {
            return new Rejected(e.reason());
        }
    }

    /// For a login over HTTPS: any token meant for this gateway, until it expires.
    public Verdict forFront(Secret token) {
        try {
            var verified = verify(token);
            var issuer = verified.issuer();
            if (!hasAudience(verified, issuer.audience()) && !isForClient(verified)) {
                throw new NotAccepted(
                        "the token is for %s, not for %s"
                                .formatted(verified.claims().getAudience(), issuer.audience()));
            }
            return new Verified(identity(verified));
        } catch (NotAccepted e) {
            return new Rejected(e.reason());
        }
    }

    private void requireEnrolment(Token token) throws NotAccepted {
        if (isForClient(token) && !token.read().isAccessToken()) {
            return;
        }
        if (!hasAudience(token, token.issuer().audience())) {
            throw new NotAccepted(
                    "the token is for %s, not for %s"
                            .formatted(
                                    token.claims().getAudience(),
                                    token.issuer().clientId().orElse(token.issuer().audience())));
        }
        // A person's access token travels to many servers; only the ID token is ours alone.
        if (!token.read().isForProgram()) {
            throw new NotAccepted("a person enrols with an ID token, and this is an access token");
        }
    }

    private Token verify(Secret token) throws NotAccepted {
        var jwt = parse(token);
        var issuer = issuerOf(jwt);
        try {
            var claims = issuer.keys().verify(jwt);
            requireTimes(claims);
            var read = new TokenClaims(issuer.settings(), jwt.getHeader(), claims);
            return new Token(issuer.settings(), claims, read);
        } catch (BadJOSEException e) {
            throw new NotAccepted("its signature is not by a key of " + name(issuer));
        } catch (IOException e) {
            throw new NotAccepted(
                    "the keys of %s cannot be had: %s".formatted(name(issuer), e.getMessage()));
        }
    }

    private static String name(Issuer issuer) {
        return issuer.settings().issuer().toString();
    }

    private static SignedJWT parse(Secret token) throws NotAccepted {
        if (token.reveal().length() > LONGEST_TOKEN) {
            throw new NotAccepted("the token is longer than " + LONGEST_TOKEN + " characters");
        }
        try {
            return SignedJWT.parse(token.reveal());
        } catch (ParseException e) {
            throw new NotAccepted("the text is no signed JWT");
        }
    }

    private Issuer issuerOf(SignedJWT jwt) throws NotAccepted {
        try {
            String name = jwt.getJWTClaimsSet().getIssuer();
            return Optional.ofNullable(name)
                    .map(issuers::get)
                    .orElseThrow(() -> new NotAccepted("its issuer is not known: " + name));
        } catch (ParseException e) {
            throw new NotAccepted("its claims cannot be read");
        }
    }

    private void requireTimes(JWTClaimsSet claims) throws NotAccepted {
        Instant now = clock.instant();
        Date expires = claims.getExpirationTime();
        if (expires == null) {
            throw new NotAccepted("it never expires");
        }
        if (!now.minus(SKEW).isBefore(expires.toInstant())) {
            throw new NotAccepted("it expired at " + expires.toInstant());
        }
        for (var start : new Date[] {claims.getNotBeforeTime(), claims.getIssueTime()}) {
            if (start != null && start.toInstant().isAfter(now.plus(SKEW))) {
                throw new NotAccepted("it is valid only from " + start.toInstant());
            }
        }
    }

    private static Identity identity(Token token) throws NotAccepted {
        try {
            return token.read().identity();
        } catch (ParseException e) {
            throw new NotAccepted("a claim has an unexpected type: " + e.getMessage());
        }
    }

    private static boolean hasAudience(Token token, String audience) {
        return token.claims().getAudience().contains(audience);
    }

    /// OpenID Connect Core 3.1.3.7: with several audiences the authorised party must be us.
    private static boolean isForClient(Token token) {
        var client = token.issuer().clientId();
        if (client.isEmpty() || !hasAudience(token, client.get())) {
            return false;
        }
        Object party = token.claims().getClaim("azp");
        return party == null
                ? token.claims().getAudience().size() == 1
                : party.equals(client.get());
    }
}
