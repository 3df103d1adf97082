package dev.sfguard.gateway.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Inputs that make parsers slow, deep or endless.
class RobustnessTest {
    /// An analysis takes a second at most; the machine that tests may be busy.
    private static final Duration GENEROUS = Duration.ofSeconds(10);

    static List<String> pathological() {
        return List.of(
                nested("SELECT ", "(", "1", ")", 99, " FROM t"),
                nested("SELECT ", "(", "1", ")", 10_000, " FROM t"),
                nested("SELECT ", "f(", "a", ")", 99, " FROM t"),
                nested("SELECT ", "f(a, ", "a", ")", 99, " FROM t"),
                nested("SELECT ", "CASE WHEN a THEN ", "1", " END", 99, " FROM t"),
                nested("SELECT ", "CASE WHEN IIF(a, ", "1", "", 49, " FROM t"),
                nested("SELECT ", "CAST(", "a", " AS INT)", 95, " FROM t"),
                nested("SELECT ", "[", "1", "]", 90, " FROM t"),
                nested("SELECT ", "{'a':", "1", "}", 60, " FROM t"),
                nested("SELECT * FROM ", "(SELECT * FROM ", "t", ")", 99, ""),
                nested("SELECT * FROM ", "(", "t", ")", 99, ""),
                nested(
                        "SELECT * FROM t WHERE a IN ",
                        "(SELECT a FROM t WHERE a IN ",
                        "(1)",
                        ")",
                        98,
                        ""),
                nested("SELECT * FROM t WHERE ", "a LIKE (", "'x'", ")", 95, ""),
                nested(
                        "SELECT * FROM t WHERE ",
                        "EXISTS (SELECT 1 FROM t WHERE ",
                        "a = 1",
                        ")",
                        98,
                        ""),
                nested("SELECT * FROM ", "((SELECT 1 FROM t) UNION ", "", "", 45, ""),
                repeated("SELECT a", ".a", 1_000, " FROM t"),
                repeated("SELECT a", ".a", 30_000, " FROM t"),
                repeated("SELECT a", "::int", 9_000, " FROM t"),
                repeated("SELECT a", ":a", 9_000, " FROM t"),
                repeated("SELECT a", "[0]", 5_000, " FROM t"),
                repeated("SELECT a", "||a", 9_000, " FROM t"),
                repeated("SELECT a", ",a", 9_000, " FROM t"),
                repeated("SELECT 1 WHERE ", "NOT ", 9_000, "a"),
                repeated("SELECT ", "- ", 9_000, "a FROM t"),
                repeated("SELECT * FROM t WHERE a IN (1", ",1", 10_000, ")"),
                repeated("SELECT * FROM t WHERE a IN ('x'", ",'abcde'", 30_000, ")"),
                repeated("SELECT * FROM t WHERE a = 1", " OR a = 1", 4_900, ""),
                repeated("SELECT * FROM t WHERE a = 1", " OR a = 1", 25_000, ""),
                repeated("SELECT * FROM t", " JOIN t ON a = b", 2_800, ""),
                repeated("SELECT * FROM t", ", t", 9_000, ""),
                repeated("SELECT 1 FROM t", " UNION ALL SELECT 1 FROM t", 2_800, ""),
                repeated("INSERT INTO t VALUES (1, 'a')", ", (1, 'a')", 20_000, ""),
                repeated("SELECT '", "x", 1_000_000, "' FROM t"),
                repeated("SELECT ", "x", 250_000, " FROM t"),
                repeated("SELECT", " ", 250_000, "a FROM t"),
                repeated("SELECT /*", " ", 250_000, "*/ a FROM t"),
                "SELECT 'x",
                "SELECT /* x",
                "SELECT $$ x",
                "SELECT a\0 FROM t",
                "\uFEFFSELECT a FROM t",
                "SELECT\u00A0a FROM t");
    }

    private static String nested(
            String start, String open, String inner, String close, int depth, String end) {
        return start + open.repeat(depth) + inner + close.repeat(depth) + end;
    }

    private static String repeated(String start, String piece, int times, String end) {
        return start + piece.repeat(times) + end;
    }

    @ParameterizedTest
    @MethodSource("pathological")
    void an_answer_comes_in_time(String sql) {
        assertTimeoutPreemptively(GENEROUS, () -> assertThat(Shop.analyze(sql)).isNotNull());
    }

    @Test
    void many_rows_of_an_insert_are_followed() {
        String sql = repeated("INSERT INTO notes VALUES (1, 'a')", ", (1, 'a')", 15_000, "");
        assertThat(Shop.show(ObjectsTest.understood(sql).objects())).isEqualTo("WRITE NOTES(*)");
    }

    @Test
    void normal_statements_are_answered_while_heavy_ones_wait() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var heavy = new ArrayList<Future<Analysis>>();
            for (String sql : pathological()) {
                heavy.add(threads.submit(() -> Shop.analyze(sql)));
            }
            int followed = 0;
            for (int i = 0; i < 40; i++) {
                followed += isFollowed("select c" + i + " from customers where id = 1") ? 1 : 0;
            }
            assertThat(followed).isGreaterThan(20);
            for (var each : heavy) {
                assertThat(each.get()).isNotNull();
            }
        }
        assertThat(isFollowed("select ssn from customers")).isTrue();
    }

    private static boolean isFollowed(String sql) {
        return ObjectsTest.understood(sql).objects() instanceof Objects.Known;
    }
}
