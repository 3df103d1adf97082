package dev.sfguard.sandbox.issuer;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WorkloadLoginTest {
    private static final ClientID ROBOT = new ClientID("robot");

    private DevIssuer issuer;
    private NimbusClient client;

    @BeforeEach
    void start() throws Exception {
        issuer = DevIssuer.start(DevIssuerSettings.demo());
        client = new NimbusClient(issuer.uri());
    }

    @AfterEach
    void stop() {
        issuer.close();
    }

    @Test
    void workload_gets_a_token_that_says_so() throws Exception {
        for (ClientAuthentication way :
                new ClientAuthentication[] {
                    new ClientSecretPost(ROBOT, new Secret("robot-pw")),
                    new ClientSecretBasic(ROBOT, new Secret("robot-pw"))
                }) {
            TokenResponse response = ask(way);
            String token = NimbusClient.plainTokens(response).getAccessToken().getValue();

            var claims = client.validAccessToken(token);
            assertThat(claims.getSubject()).isEqualTo("robot");
            assertThat(claims.getStringClaim("client_id")).isEqualTo("robot");
            assertThat(claims.getStringClaim("gty")).isEqualTo("client_credentials");
            assertThat(claims.getStringListClaim("groups")).containsExactly("agents");
            assertThat(NimbusClient.plainTokens(response).getRefreshToken()).isNull();
        }
    }

    @Test
    void wrong_secret_and_unknown_client_get_the_same_error() throws Exception {
        assertThat(NimbusClient.error(ask(new ClientSecretPost(ROBOT, new Secret("no")))))
                .isEqualTo("invalid_client");
        assertThat(NimbusClient.error(ask(new ClientSecretBasic(ROBOT, new Secret("no")))))
                .isEqualTo("invalid_client");
        assertThat(
                        NimbusClient.error(
                                ask(
                                        new ClientSecretPost(
                                                new ClientID("nobody"), new Secret("no")))))
                .isEqualTo("invalid_client");
    }

    private TokenResponse ask(ClientAuthentication authentication) throws Exception {
        var request =
                new TokenRequest.Builder(
                                client.metadata.getTokenEndpointURI(),
                                authentication,
                                new ClientCredentialsGrant())
                        .build();
        return TokenResponse.parse(request.toHTTPRequest().send());
    }
}
