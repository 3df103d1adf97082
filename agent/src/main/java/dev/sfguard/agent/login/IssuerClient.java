package dev.sfguard.agent.login;

import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.GeneralException;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationRequest;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationResponse;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationSuccessResponse;
import com.nimbusds.oauth2.sdk.device.DeviceCodeGrant;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.pkce.CodeChallenge;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import dev.sfguard.agent.AgentFailure;
import dev.sfguard.gateway.identity.Secret;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// Talks to an OpenID Connect issuer: discovery, device login, refresh.
final class IssuerClient {
    /// The issuer is somewhere on the internet, and a person waits.
    private static final int TIMEOUT_MILLIS = 15_000;

    /// `offline_access` asks for a refresh token.
    private static final Scope SCOPE = new Scope("openid", "email", "profile", "offline_access");

    /// Where the issuer names no interval (RFC 8628 section 3.2).
    private static final long DEFAULT_INTERVAL = 5;

    /// What each `slow_down` adds (RFC 8628 section 3.5).
    private static final Duration SLOWER = Duration.ofSeconds(5);

    private final OIDCProviderMetadata metadata;
    private final ClientID client;
    private final String issuer;

    private IssuerClient(OIDCProviderMetadata metadata, String client, String issuer) {
        this.metadata = metadata;
        this.client = new ClientID(client);
        this.issuer = issuer;
    }

    /// Reads the issuer's metadata.
    ///
    /// @throws AgentFailure.IssuerUnreachable when it does not answer
    /// @throws AgentFailure.IssuerFault when the answer is not its metadata
    static IssuerClient discover(URI issuer, String client) throws AgentFailure {
        String name = issuer.toString();
        if (!isSafe(issuer)) {
            throw new AgentFailure.IssuerFault(name, "its address is not https", null);
        }
        try {
            var metadata =
                    OIDCProviderMetadata.resolve(
                            new Issuer(issuer), TIMEOUT_MILLIS, TIMEOUT_MILLIS);
            return new IssuerClient(metadata, client, name);
        } catch (IOException e) {
            throw unreachable(name, e);
        } catch (GeneralException | RuntimeException e) {
            throw new AgentFailure.IssuerFault(name, "it sends no OpenID Connect metadata", e);
        }
    }

    /// Plain http only where no network is in between.
    private static boolean isSafe(URI uri) {
        String host = Optional.ofNullable(uri.getHost()).orElse("");
        return "https".equalsIgnoreCase(uri.getScheme())
                || ("http".equalsIgnoreCase(uri.getScheme())
                        && Set.of("127.0.0.1", "localhost", "[::1]").contains(host));
    }

    /// A device login (RFC 8628), bound by PKCE to this process.
    ///
    /// @throws AgentFailure.SignInRefused when the person says no or the code expires
    IssuerTokens device(DevicePrompt.Screen screen) throws AgentFailure, InterruptedException {
        var verifier = new CodeVerifier();
        var started = start(verifier);
        screen.show(
                new DevicePrompt(
                        page(started.getVerificationURI()),
                        started.getUserCode().getValue(),
                        Optional.ofNullable(started.getVerificationURIComplete()),
                        Duration.ofSeconds(started.getLifetime())));
        var grant = new DeviceCodeGrant(started.getDeviceCode());
        Duration interval =
                Duration.ofSeconds(
                        started.getInterval() > 0 ? started.getInterval() : DEFAULT_INTERVAL);
        long deadline = System.nanoTime() + Duration.ofSeconds(started.getLifetime()).toNanos();
        while (true) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new AgentFailure.SignInRefused("the code expired before anybody used it");
            }
            screen.waiting(Duration.ofNanos(left));
            Thread.sleep(Duration.ofNanos(Math.min(left, interval.toNanos())));
            var response = poll(grant, verifier);
            if (response.indicatesSuccess()) {
                return tokens(response);
            }
            var error = response.toErrorResponse().getErrorObject();
            switch (code(error)) {
                case "authorization_pending" -> {}
                case "slow_down" -> interval = interval.plus(SLOWER);
                case "expired_token" ->
                        throw new AgentFailure.SignInRefused(
                                "the code expired before anybody used it");
                case "access_denied" ->
                        throw new AgentFailure.SignInRefused("the login was refused");
                default -> throw new AgentFailure.SignInRefused(said(error));
            }
        }
    }

    private URI page(URI uri) throws AgentFailure {
        String scheme = Optional.ofNullable(uri.getScheme()).orElse("");
        if (!scheme.equals("https") && !scheme.equals("http")) {
            throw new AgentFailure.IssuerFault(issuer, "its sign-in page is no web page", null);
        }
        return uri;
    }

    private DeviceAuthorizationSuccessResponse start(CodeVerifier verifier) throws AgentFailure {
        URI endpoint = metadata.getDeviceAuthorizationEndpointURI();
        if (endpoint == null) {
            throw new AgentFailure.IssuerFault(issuer, "it offers no device login", null);
        }
        var challenge = CodeChallenge.compute(CodeChallengeMethod.S256, verifier);
        var request =
                new DeviceAuthorizationRequest.Builder(client)
                        .scope(SCOPE)
                        .customParameter("code_challenge", challenge.getValue())
                        .customParameter("code_challenge_method", "S256")
                        .endpointURI(endpoint)
                        .build();
        try {
            var response = DeviceAuthorizationResponse.parse(send(request.toHTTPRequest()));
            if (response.indicatesSuccess()) {
                return response.toSuccessResponse();
            }
            throw new AgentFailure.IssuerFault(
                    issuer, said(response.toErrorResponse().getErrorObject()), null);
        } catch (ParseException e) {
            throw malformed(e);
        }
    }

    /// A poll that gets no answer is one more that is pending; the deadline ends it.
    private TokenResponse poll(DeviceCodeGrant grant, CodeVerifier verifier) throws AgentFailure {
        return ask(
                new TokenRequest.Builder(metadata.getTokenEndpointURI(), client, grant)
                        .customParameter("code_verifier", verifier.getValue())
                        .build());
    }

    /// New tokens for an old refresh token.
    ///
    /// @throws AgentFailure.LoginNeeded when the issuer does not take it any more
    IssuerTokens refresh(Secret refreshToken) throws AgentFailure {
        AuthorizationGrant grant = new RefreshTokenGrant(new RefreshToken(refreshToken.reveal()));
        var response =
                ask(
                        new TokenRequest.Builder(metadata.getTokenEndpointURI(), client, grant)
                                .build());
        if (!response.indicatesSuccess()) {
            throw new AgentFailure.LoginNeeded("the login has expired or was ended at the issuer");
        }
        return tokens(response);
    }

    private TokenResponse ask(TokenRequest request) throws AgentFailure {
        try {
            return OIDCTokenResponseParser.parse(send(request.toHTTPRequest()));
        } catch (ParseException e) {
            throw malformed(e);
        }
    }

    private IssuerTokens tokens(TokenResponse response) throws AgentFailure {
        if (!(response.toSuccessResponse() instanceof OIDCTokenResponse oidc)
                || oidc.getOIDCTokens().getIDTokenString() == null) {
            throw new AgentFailure.IssuerFault(issuer, "it gave no ID token", null);
        }
        var tokens = oidc.getOIDCTokens();
        return new IssuerTokens(
                Secret.of(tokens.getIDTokenString()),
                Optional.ofNullable(tokens.getRefreshToken())
                        .map(token -> Secret.of(token.getValue())));
    }

    private HTTPResponse send(HTTPRequest request) throws AgentFailure {
        request.setConnectTimeout(TIMEOUT_MILLIS);
        request.setReadTimeout(TIMEOUT_MILLIS);
        request.setFollowRedirects(false);
        try {
            return request.send();
        } catch (IOException e) {
            throw unreachable(issuer, e);
        }
    }

    private static AgentFailure.IssuerUnreachable unreachable(String issuer, IOException e) {
        return new AgentFailure.IssuerUnreachable(
                issuer,
                switch (e) {
                    case java.net.UnknownHostException _ -> "no such host";
                    case java.net.ConnectException _ -> "connection refused";
                    case java.net.SocketTimeoutException _ -> "no answer";
                    case javax.net.ssl.SSLException _ -> "its TLS certificate is not trusted";
                    default -> "it did not answer properly";
                },
                e);
    }

    /// Without the cause: a parser's message may quote what it read, and that may be a token.
    private AgentFailure.IssuerFault malformed(ParseException e) {
        var fault = new AgentFailure.IssuerFault(issuer, "its answer cannot be read", null);
        fault.setStackTrace(e.getStackTrace());
        return fault;
    }

    private static String code(ErrorObject error) {
        return Optional.ofNullable(error).map(ErrorObject::getCode).orElse("");
    }

    private static String said(ErrorObject error) {
        String text = Optional.ofNullable(error).map(ErrorObject::getDescription).orElse("");
        return "the issuer says " + code(error) + (text.isEmpty() ? "" : ": " + text);
    }
}
