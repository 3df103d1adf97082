package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.gateway.sql.Analyzer;
import dev.sfguard.gateway.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What a session that takes another's place has to run comes in the order in which it was set
/// last.
class SessionStateTest {
    private final SessionState state = new SessionState(Map.of());

    private void sent(String sql) {
        try (var analyzer = new Analyzer()) {
            state.sent(analyzer.analyze(new Statement(sql, 0)), sql);
        }
    }

    @Test
    void a_schema_that_is_used_again_is_used_behind_the_database() {
        sent("use schema one");
        sent("use warehouse w");
        sent("use database other");
        sent("use schema two");
        assertThat(state.context())
                .containsExactly("use warehouse w", "use database other", "use schema two");
    }

    @Test
    void a_use_without_a_blank_is_one_too() {
        sent("use\"SHOP\"");
        sent("use other.s");
        assertThat(state.context()).containsExactly("use other.s");
    }
}
