package dev.sfguard.gateway.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.text.ParseException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One issuer's signing keys, found by discovery at the first token and kept by the library's
/// cache: an unknown key id fetches them anew, rate-limited, so that a key rotation needs nobody.
final class IssuerKeys {
    /// An issuer on the other side of the world answers within this; a dead one must not hold a
    /// login longer.
    private static final int TIMEOUT_MILLIS = 5_000;

    /// Big issuers publish some 20 KB of keys.
    private static final int LARGEST_DOCUMENT = 512 * 1024;

    /// Asymmetric ones only: with `none` or HMAC, anybody who knows the public key could sign.
    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(
                    JWSAlgorithm.RS256,
                    JWSAlgorithm.RS384,
                    JWSAlgorithm.RS512,
                    JWSAlgorithm.PS256,
                    JWSAlgorithm.PS384,
                    JWSAlgorithm.PS512,
                    JWSAlgorithm.ES256,
                    JWSAlgorithm.ES384,
                    JWSAlgorithm.ES512);

    private final URI issuer;
    private final DefaultResourceRetriever retriever =
            new DefaultResourceRetriever(TIMEOUT_MILLIS, TIMEOUT_MILLIS, LARGEST_DOCUMENT);
    private @Nullable DefaultJWTProcessor<SecurityContext> processor;

    IssuerKeys(URI issuer) {
        this.issuer = issuer;
    }

    /// The claims of a token whose signature is this issuer's. Times are not looked at.
    ///
    /// @throws BadJOSEException when the signature, the algorithm or the type is not acceptable
    /// @throws IOException when the issuer cannot be asked for its keys
    JWTClaimsSet verify(SignedJWT token) throws BadJOSEException, IOException {
        try {
            return processor().process(token, null);
        } catch (JOSEException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private synchronized DefaultJWTProcessor<SecurityContext> processor() throws IOException {
        var ready = processor;
        if (ready == null) {
            ready = processor(keySource());
            processor = ready;
        }
        return ready;
    }

    private static DefaultJWTProcessor<SecurityContext> processor(JWKSource<SecurityContext> keys) {
        var fresh = new DefaultJWTProcessor<SecurityContext>();
        // RFC 9068 says at+jwt, most issuers say JWT or nothing.
        fresh.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(
                        new JOSEObjectType("at+jwt"), JOSEObjectType.JWT, null));
        fresh.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys));
        fresh.setJWTClaimsSetVerifier((claims, context) -> {});
        return fresh;
    }

    private JWKSource<SecurityContext> keySource() throws IOException {
        URI keys = jwksUri();
        if (!IssuerSettings.isSafe(keys)) {
            throw new IOException("its keys are not behind https: " + keys);
        }
        return JWKSourceBuilder.<SecurityContext>create(keys.toURL(), retriever)
                .retrying(true)
                .build();
    }

    /// OpenID Connect Discovery section 4: the path is appended to the issuer's own.
    private URI jwksUri() throws IOException {
        String base = issuer.toString().replaceFirst("/$", "");
        var document =
                retriever.retrieveResource(
                        URI.create(base + "/.well-known/openid-configuration").toURL());
        try {
            Map<String, Object> metadata = JSONObjectUtils.parse(document.getContent());
            // Section 4.3: otherwise one issuer could answer for another.
            if (!issuer.toString().equals(JSONObjectUtils.getString(metadata, "issuer"))) {
                throw new IOException("its discovery document names another issuer");
            }
            URI keys = JSONObjectUtils.getURI(metadata, "jwks_uri");
            if (keys == null) {
                throw new IOException("its discovery document has no jwks_uri");
            }
            return new URI(keys.toString());
        } catch (ParseException | URISyntaxException e) {
            throw new IOException("its discovery document cannot be read", e);
        }
    }
}
