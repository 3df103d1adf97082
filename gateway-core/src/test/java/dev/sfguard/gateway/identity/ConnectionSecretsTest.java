package dev.sfguard.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ConnectionSecretsTest {
    private final ConnectionSecrets secrets =
            new ConnectionSecrets(Secret.of("0123456789abcdef0123456789abcdef"));

    @Test
    void the_secret_depends_on_certificate_and_connection_alone() {
        var secret = secrets.of(7, "shop");
        assertThat(secret).isEqualTo(secrets.of(7, "shop"));
        assertThat(secret).isNotEqualTo(secrets.of(8, "shop"));
        assertThat(secret).isNotEqualTo(secrets.of(7, "shop2"));
    }

    @Test
    void only_the_right_secret_matches() {
        String secret = secrets.of(7, "shop").reveal();
        assertThat(secrets.matches(7, "shop", secret)).isTrue();
        assertThat(secrets.matches(8, "shop", secret)).isFalse();
        assertThat(secrets.matches(7, "prod", secret)).isFalse();
        assertThat(secrets.matches(7, "shop", "")).isFalse();
        assertThat(secrets.matches(7, "shop", secret + "x")).isFalse();
    }

    @Test
    void an_enrolling_connection_has_no_secret() {
        assertThat(secrets.matches(0, "shop", secrets.of(0, "shop").reveal())).isFalse();
    }

    @Test
    void a_short_gateway_key_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ConnectionSecrets(Secret.of("short")))
                .withMessage("the gateway key needs 32 bytes and has 5");
    }

    @Test
    void a_secret_prints_nothing() {
        assertThat(secrets.of(7, "shop")).hasToString("<secret>");
    }
}
