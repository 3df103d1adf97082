package dev.sfguard.sandbox.issuer;

import dev.sfguard.sandbox.issuer.DevIssuerSettings.Client;
import dev.sfguard.sandbox.issuer.Grants.Grant;
import dev.sfguard.sandbox.issuer.Grants.Renewed;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Trades device codes, refresh tokens and client credentials for tokens.
final class TokenEndpoint {
    static final String DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";
    static final String REFRESH_TOKEN = "refresh_token";
    static final String CLIENT_CREDENTIALS = "client_credentials";

    private final DevIssuerSettings settings;
    private final DeviceLogins logins;
    private final Grants grants;
    private final Claims claims;
    private final SigningKeys keys;

    TokenEndpoint(
            DevIssuerSettings settings,
            DeviceLogins logins,
            Grants grants,
            Claims claims,
            SigningKeys keys) {
        this.settings = settings;
        this.logins = logins;
        this.grants = grants;
        this.claims = claims;
        this.keys = keys;
    }

    Map<String, Object> answer(Client client, Form form) throws OAuthError {
        String grantType = form.require("grant_type");
        return switch (grantType) {
            case DEVICE_CODE -> {
                requirePublic(client);
                yield person(
                        logins.poll(
                                form.require("device_code"),
                                client.id(),
                                form.get("code_verifier")));
            }
            case REFRESH_TOKEN -> {
                requirePublic(client);
                yield person(grants.refresh(form.require("refresh_token"), client.id()));
            }
            case CLIENT_CREDENTIALS -> workload(client);
            default ->
                    throw OAuthError.badRequest(
                            "unsupported_grant_type",
                            "supported are "
                                    + List.of(DEVICE_CODE, REFRESH_TOKEN, CLIENT_CREDENTIALS));
        };
    }

    private Map<String, Object> person(Renewed renewed) {
        Grant grant = renewed.grant();
        var answer = bearer(claims.accessToken(grant.user(), grant.clientId(), grant.scope()));
        answer.put("scope", grant.scope());
        if (grant.covers("openid")) {
            var idToken = claims.idToken(grant.user(), grant.clientId(), grant.signedIn());
            answer.put("id_token", keys.sign("JWT", idToken));
        }
        renewed.refreshToken().ifPresent(token -> answer.put("refresh_token", token));
        return answer;
    }

    private Map<String, Object> workload(Client client) throws OAuthError {
        if (client.secret().isEmpty()) {
            throw OAuthError.badRequest(
                    "unauthorized_client", "a client without a secret is for people's logins");
        }
        return bearer(claims.workload(client));
    }

    private Map<String, Object> bearer(Map<String, Object> accessClaims) {
        var answer = new LinkedHashMap<String, Object>();
        answer.put("access_token", keys.sign("at+jwt", accessClaims));
        answer.put("token_type", "Bearer");
        answer.put("expires_in", settings.accessTokenLife().toSeconds());
        return answer;
    }

    static void requirePublic(Client client) throws OAuthError {
        if (client.secret().isPresent()) {
            throw OAuthError.badRequest(
                    "unauthorized_client", "a workload's client has no people's logins");
        }
    }
}
