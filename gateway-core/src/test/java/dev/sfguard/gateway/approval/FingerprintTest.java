package dev.sfguard.gateway.approval;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class FingerprintTest {
    @Test
    void the_same_parts_have_the_same_fingerprint() {
        assertThat(of("select 1", "")).isEqualTo(of("select 1", ""));
    }

    @Test
    void a_byte_moved_from_one_part_to_the_next_changes_it() {
        assertThat(of("ab", "c")).isNotEqualTo(of("a", "bc"));
        assertThat(of("", "abc")).isNotEqualTo(of("abc", ""));
    }

    @Test
    void a_blank_or_another_case_changes_it() {
        assertThat(of("select 1", "")).isNotEqualTo(of("select  1", ""));
        assertThat(of("select 1", "")).isNotEqualTo(of("SELECT 1", ""));
    }

    @Test
    void a_maps_own_order_does_not_matter_and_its_size_does() {
        var one = Fingerprint.of().part("p", Map.of("A", "1", "B", "2")).build();
        var other = new java.util.LinkedHashMap<String, String>();
        other.put("B", "2");
        other.put("A", "1");

        assertThat(Fingerprint.of().part("p", other).build()).isEqualTo(one);
        assertThat(Fingerprint.of().part("p", Map.of("A", "1")).part("B", "2").build())
                .isNotEqualTo(one);
    }

    private static Fingerprint of(String text, String binds) {
        return Fingerprint.of().part("text", text).part("binds", binds).build();
    }
}
