package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.gateway.snowflake.Json;
import org.junit.jupiter.api.Test;

class QueryTagTest {

    @Test
    void tag_of_ours_is_unwrapped_and_never_nested() {
        var once = QueryTag.of("01J", 1, "dbt");
        assertThat(once).isEqualTo("{\"sfguard\":{\"s\":\"01J\",\"q\":1},\"tag\":\"dbt\"}");
        assertThat(QueryTag.of("01J", 2, once))
                .isEqualTo("{\"sfguard\":{\"s\":\"01J\",\"q\":2},\"tag\":\"dbt\"}");
        assertThat(QueryTag.of("01J", 3, null)).isEqualTo("{\"sfguard\":{\"s\":\"01J\",\"q\":3}}");
    }

    @Test
    void clients_part_is_cut_to_fit() throws Exception {
        for (var own : new String[] {"x".repeat(5000), "\u0001".repeat(2000), "😀".repeat(1500)}) {
            var tag = QueryTag.of("01J", 1, own);
            assertThat(tag.length()).isLessThanOrEqualTo(2000).isGreaterThan(1900);
            assertThat(own).startsWith(Json.mapper().readTree(tag).path("tag").asText());
        }
    }
}
