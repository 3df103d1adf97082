package dev.sfguard.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayAddressTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "gw.acme.io:2222",
                "127.0.0.1:1",
                "[::1]:2222",
                "gw:65535#SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"
            })
    void an_address_prints_as_it_was_written(String text) {
        assertThat(GatewayAddress.parse(text)).hasToString(text);
    }

    @Test
    void the_port_may_be_left_out() {
        assertThat(GatewayAddress.parse("gw").place()).isEqualTo("gw:2222");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":22",
                "gw:0",
                "gw:70000",
                "gw:22#",
                "gw:22#MD5:aa",
                "gw:22#SHA256:short",
                "-oProxyCommand=x",
                "http://gw",
                "gw:22 x",
                "gw\n:22"
            })
    void what_is_no_address_is_refused(String text) {
        assertThatThrownBy(() -> GatewayAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
