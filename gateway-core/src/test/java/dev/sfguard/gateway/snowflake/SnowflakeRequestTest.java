package dev.sfguard.gateway.snowflake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SnowflakeRequestTest {

    @Test
    void every_endpoint_of_the_protocol_is_told_apart() {
        var id = "01b1c2d3-0000-1111-0000-000000000001";
        assertThat(SnowflakeRequest.of("POST", "/session/v1/login-request", "roleName=A%20B"))
                .isEqualTo(new SnowflakeRequest.Login(Map.of("roleName", "A B")));
        assertThat(SnowflakeRequest.of("POST", "/session/token-request", null))
                .isEqualTo(new SnowflakeRequest.Renew());
        assertThat(SnowflakeRequest.of("POST", "/session", "delete=true"))
                .isEqualTo(new SnowflakeRequest.CloseSession());
        assertThat(SnowflakeRequest.of("POST", "/queries/v1/query-request", "requestId=" + id))
                .isEqualTo(new SnowflakeRequest.Query(Optional.of(id)));
        assertThat(SnowflakeRequest.of("POST", "/queries/v1/abort-request", "requestId=x"))
                .isEqualTo(new SnowflakeRequest.Abort());
        assertThat(SnowflakeRequest.of("POST", "/queries/" + id + "/abort-request", null))
                .isEqualTo(new SnowflakeRequest.AbortQuery(id));
        assertThat(SnowflakeRequest.of("GET", "/queries/" + id + "/result", "a=b"))
                .isEqualTo(new SnowflakeRequest.Result(id));
        assertThat(SnowflakeRequest.of("GET", "/monitoring/queries/" + id, null))
                .isEqualTo(new SnowflakeRequest.Monitoring(id));
        assertThat(SnowflakeRequest.of("GET", "/chunks/AAAAAAAAAAAAAAAAAAAAAA/12", null))
                .isEqualTo(new SnowflakeRequest.Chunk("AAAAAAAAAAAAAAAAAAAAAA", 12));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /session/v1/login-request",
        "POST, /session",
        "POST, /session/authenticator-request",
        "GET, /queries/../session/result",
        "GET, /queries/a%2fb/result",
        "GET, /queries/01b1c2d3-0000/result/0",
        "GET, /monitoring/queries/01b1c2d3-0000/result",
        "DELETE, /session",
        "POST, /api/v2/statements",
        "GET, /",
    })
    void anything_else_is_other(String method, String path) {
        assertThat(SnowflakeRequest.of(method, path, null))
                .isEqualTo(new SnowflakeRequest.Other(method, path));
    }

    @Test
    void broken_query_string_is_other() {
        assertThat(SnowflakeRequest.of("POST", "/session", "delete=%zz"))
                .isInstanceOf(SnowflakeRequest.Other.class);
    }
}
