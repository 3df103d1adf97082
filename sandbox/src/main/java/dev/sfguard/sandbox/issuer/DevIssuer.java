package dev.sfguard.sandbox.issuer;

import com.sun.net.httpserver.HttpServer;
import dev.sfguard.sandbox.issuer.DevIssuerSettings.Client;
import dev.sfguard.sandbox.issuer.DevIssuerSettings.User;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// An OpenID Connect issuer on 127.0.0.1: discovery, JWKS, device login with a page, refresh and
/// client credentials. It mints identities for whoever knows the passwords in its settings, and so
/// belongs to demos and tests alone.
///
/// Scopes are honoured as real issuers do: without `openid` there is no ID token, without
/// `offline_access` no refresh token.
public final class DevIssuer implements AutoCloseable {
    private final DevIssuerSettings settings;
    private final HttpServer server;
    private final ExecutorService threads;
    private final SigningKeys keys;
    private final Claims claims;
    private final Endpoints endpoints;

    private DevIssuer(DevIssuerSettings settings, HttpServer server, ExecutorService threads) {
        this.settings = settings;
        this.server = server;
        this.threads = threads;
        keys = new SigningKeys();
        claims = new Claims(uri().toString(), settings);
        endpoints = new Endpoints(uri().toString(), settings, keys, claims);
    }

    /// Starts the issuer; it answers when this returns.
    ///
    /// @throws IOException when the port is taken
    public static DevIssuer start(DevIssuerSettings settings) throws IOException {
        var address =
                new InetSocketAddress(
                        InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), settings.port());
        var server = HttpServer.create(address, 0);
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        var issuer = new DevIssuer(settings, server, threads);
        server.createContext("/", issuer.endpoints);
        server.setExecutor(threads);
        server.start();
        return issuer;
    }

    /// The issuer's URL, as in the tokens' `iss`: `http://127.0.0.1:PORT`.
    public URI uri() {
        return URI.create("http://127.0.0.1:" + port());
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /// The keys, to rotate them in a test.
    public SigningKeys keys() {
        return keys;
    }

    /// How often a path was asked for, whatever the answer: `/jwks`, `/token` and so on.
    public long requests(String path) {
        return endpoints.requests(path);
    }

    /// The claims of an ID token for a user as a login of now would give it; the map is the
    /// caller's to change. Sign it with {@link SigningKeys#sign}.
    ///
    /// @throws IllegalArgumentException when there is no such user
    public Map<String, Object> idTokenClaims(String user, String clientId) {
        return claims.idToken(requireUser(user), clientId, settings.clock().instant());
    }

    /// The claims of a person's access token; see {@link #idTokenClaims}.
    public Map<String, Object> accessTokenClaims(String user, String clientId) {
        return claims.accessToken(requireUser(user), clientId, "openid");
    }

    /// The claims of a workload's access token; see {@link #idTokenClaims}.
    public Map<String, Object> workloadClaims(String clientId) {
        Client client =
                settings.client(clientId)
                        .orElseThrow(() -> new IllegalArgumentException("no client " + clientId));
        return claims.workload(client);
    }

    /// A signed ID token without the detour of a login.
    public String idToken(String user, String clientId) {
        return keys.sign("JWT", idTokenClaims(user, clientId));
    }

    /// A workload's signed access token without the detour of the token endpoint.
    public String workloadToken(String clientId) {
        return keys.sign("at+jwt", workloadClaims(clientId));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private User requireUser(String name) {
        return settings.user(name)
                .orElseThrow(() -> new IllegalArgumentException("no user " + name));
    }
}
