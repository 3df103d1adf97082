package dev.sfguard.sandbox.issuer;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationRequest;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationResponse;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationSuccessResponse;
import com.nimbusds.oauth2.sdk.device.DeviceCodeGrant;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.pkce.CodeChallenge;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import com.nimbusds.oauth2.sdk.token.Tokens;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import java.net.URI;
import java.util.Set;

/// The flows as an independent, widely used OpenID Connect client does them: the judge of the
/// issuer.
final class NimbusClient {
    final OIDCProviderMetadata metadata;
    final ClientID clientId = new ClientID("sfguard-cli");
    final CodeVerifier verifier = new CodeVerifier();

    NimbusClient(URI issuer) throws Exception {
        metadata = OIDCProviderMetadata.resolve(new Issuer(issuer));
    }

    DeviceAuthorizationSuccessResponse start(String scope) throws Exception {
        var request =
                new DeviceAuthorizationRequest.Builder(clientId)
                        .scope(Scope.parse(scope))
                        .customParameter(
                                "code_challenge",
                                CodeChallenge.compute(CodeChallengeMethod.S256, verifier)
                                        .getValue())
                        .customParameter("code_challenge_method", "S256")
                        .endpointURI(metadata.getDeviceAuthorizationEndpointURI())
                        .build();
        return DeviceAuthorizationResponse.parse(request.toHTTPRequest().send())
                .toSuccessResponse();
    }

    TokenResponse poll(DeviceAuthorizationSuccessResponse login) throws Exception {
        return poll(login, verifier.getValue());
    }

    TokenResponse poll(DeviceAuthorizationSuccessResponse login, String codeVerifier)
            throws Exception {
        var request =
                new TokenRequest.Builder(
                                metadata.getTokenEndpointURI(),
                                clientId,
                                new DeviceCodeGrant(login.getDeviceCode()))
                        .customParameter("code_verifier", codeVerifier)
                        .build();
        return OIDCTokenResponseParser.parse(request.toHTTPRequest().send());
    }

    TokenResponse refresh(RefreshToken token) throws Exception {
        var request =
                new TokenRequest.Builder(
                                metadata.getTokenEndpointURI(),
                                clientId,
                                new RefreshTokenGrant(token))
                        .build();
        return OIDCTokenResponseParser.parse(request.toHTTPRequest().send());
    }

    static OIDCTokens tokens(TokenResponse response) {
        return ((OIDCTokenResponse) response.toSuccessResponse()).getOIDCTokens();
    }

    static Tokens plainTokens(TokenResponse response) {
        return response.toSuccessResponse().getTokens();
    }

    static String error(TokenResponse response) {
        ErrorObject error = response.toErrorResponse().getErrorObject();
        return error.getCode();
    }

    /// Signature, issuer, audience and dates of an ID token.
    JWTClaimsSet validIdToken(OIDCTokens tokens) throws Exception {
        var validator =
                new IDTokenValidator(
                        metadata.getIssuer(),
                        clientId,
                        JWSAlgorithm.RS256,
                        metadata.getJWKSetURI().toURL());
        return validator.validate(tokens.getIDToken(), null).toJWTClaimsSet();
    }

    JWTClaimsSet validAccessToken(String token) throws Exception {
        var keys = JWKSourceBuilder.create(metadata.getJWKSetURI().toURL()).build();
        var processor = new DefaultJWTProcessor<SecurityContext>();
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(new JOSEObjectType("at+jwt")));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(JWSAlgorithm.RS256, keys));
        processor.setJWTClaimsSetVerifier(
                new DefaultJWTClaimsVerifier<>(
                        "sfguard",
                        new JWTClaimsSet.Builder().issuer(metadata.getIssuer().getValue()).build(),
                        Set.of("exp", "iat", "sub", "jti", "client_id")));
        return processor.process(token, null);
    }
}
