package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.gateway.snowflake.Json;
import java.net.URI;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeyPairTokenTest {
    private static final Instant START = Instant.parse("2026-11-25T12:00:00Z");

    private KeyPairToken token;

    @BeforeEach
    void make() throws Exception {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        token =
                new KeyPairToken(
                        new Connection(
                                "prod",
                                URI.create("https://shop.snowflakecomputing.com"),
                                "shop.eu-central-1",
                                "gateway",
                                generator.generateKeyPair().getPrivate(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()));
    }

    private String at(Instant now) {
        return token.at(now).reveal();
    }

    private static JsonNode claims(String token) throws Exception {
        return Json.mapper().readTree(Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]));
    }

    @Test
    void logins_within_half_a_minute_share_a_token() {
        var first = at(START);

        assertThat(at(START.plusSeconds(29))).isEqualTo(first);
    }

    @Test
    void a_token_that_is_handed_out_has_half_a_minute_left() throws Exception {
        at(START);
        var later = START.plusSeconds(30);

        var claims = claims(at(later));

        assertThat(claims.path("iat").asLong()).isEqualTo(later.getEpochSecond());
        assertThat(claims.path("exp").asLong()).isEqualTo(later.getEpochSecond() + 60);
        assertThat(claims(at(later.plusMillis(29_999))).path("exp").asLong())
                .isEqualTo(later.getEpochSecond() + 60);
    }

    @Test
    void a_clock_that_is_set_back_gets_a_token_of_its_own_time() throws Exception {
        at(START);

        assertThat(claims(at(START.minusSeconds(100))).path("iat").asLong())
                .isEqualTo(START.minusSeconds(100).getEpochSecond());
    }
}
