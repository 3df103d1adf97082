package dev.sfguard.gateway.identity;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.UUID;

/// Publishes one key by discovery and signs what it is told to.
public final class TestIssuer implements AutoCloseable {
    private final HttpServer server;
    private volatile ECKey key;
    private volatile String issuerInDocument;

    public TestIssuer() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        key = newKey("one");
        issuerInDocument = uri().toString();
        server.createContext(
                "/.well-known/openid-configuration",
                exchange ->
                        answer(
                                exchange,
                                "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/jwks\"}"
                                        .formatted(issuerInDocument, uri())));
        server.createContext(
                "/jwks", exchange -> answer(exchange, new JWKSet(key.toPublicJWK()).toString()));
        server.start();
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    void rotateKey() throws Exception {
        key = newKey(UUID.randomUUID().toString());
    }

    void sayItIs(String issuer) {
        issuerInDocument = issuer;
    }

    /// Claims of an ID token for `ana`, to be changed by the test.
    public JWTClaimsSet.Builder claims(Instant now, String audience) {
        return new JWTClaimsSet.Builder()
                .issuer(uri().toString())
                .subject("ana-1")
                .audience(audience)
                .jwtID(UUID.randomUUID().toString())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(300)))
                .claim("email", "ana@shop.example")
                .claim("groups", java.util.List.of("analysts"));
    }

    public Secret sign(JWTClaimsSet.Builder claims) throws Exception {
        return sign(claims, JOSEObjectType.JWT, key);
    }

    Secret sign(JWTClaimsSet.Builder claims, JOSEObjectType type, ECKey signer) throws Exception {
        var header =
                new JWSHeader.Builder(JWSAlgorithm.ES256).type(type).keyID(key.getKeyID()).build();
        var jwt = new SignedJWT(header, claims.build());
        jwt.sign(new ECDSASigner(signer));
        return Secret.of(jwt.serialize());
    }

    Secret signAccessToken(JWTClaimsSet.Builder claims) throws Exception {
        return sign(claims, new JOSEObjectType("at+jwt"), key);
    }

    static ECKey newKey(String id) throws Exception {
        return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
    }

    private static void answer(com.sun.net.httpserver.HttpExchange exchange, String body)
            throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
