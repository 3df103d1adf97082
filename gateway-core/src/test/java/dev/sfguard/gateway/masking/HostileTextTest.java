package dev.sfguard.gateway.masking;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.sfguard.gateway.snowflake.ResultSink.Column;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Texts made to cost much, or to break something.
class HostileTextTest {
    private static final int LENGTH = 1 << 20;

    /// Of processor time. A megabyte takes some 5 to 50 ms; work that grows with the square of the
    /// text would take minutes.
    private static final Duration MOST = Duration.ofSeconds(2);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "12 ",
                "4111 ",
                "4111-",
                "4 ",
                "1-",
                "123-45-",
                "123-45-6789-",
                "555-",
                "(415) ",
                "+1 ",
                "+",
                "(",
                "@",
                "a@",
                "a@b.",
                "a@b@",
                ".@.",
                "=",
                "key=",
                "key=key:",
                "token: ",
                "sk-",
                "sk-a1",
                "eyJ",
                "eyJ-",
                "eyJx.",
                "eyJabcdefghij.",
                "AKIA",
                "ghp_",
                "xoxb",
                "-----BEGIN ",
                "-----BEGIN PRIVATE KEY",
                "-----BEGIN PUBLIC KEY-----",
                "-",
                "DE89",
                "DE89 3704 ",
                "gb29",
                "ssn ",
                "ssn 12345678 ",
                "\\\\",
                "\\\"",
                "\\u0041",
                "[",
                "{",
                "\\\\u0041",
                "[\\\"",
                "{\\\"a\\\":",
                "é",
                "Bearer ",
                "password=x",
                "0 ",
                "0049 ",
                "e"
            })
    void a_megabyte_of_anything_is_read_in_no_time(String piece) throws IOException {
        for (String type : List.of("text", "variant", "fixed")) {
            assertThat(run(piece, type)).as("%s in %s", piece, type).isLessThan(MOST);
        }
    }

    @Test
    void own_expressions_are_linear_too() throws IOException {
        var detections =
                Detections.of(
                        List.of(
                                new dev.sfguard.gateway.policy.Masks.Detection(
                                        java.util.Set.of(),
                                        java.util.Map.of("evil", "(x+x+)+y"),
                                        new dev.sfguard.gateway.policy.Masks.With.Redact())),
                        java.util.Optional.empty());
        byte[] rows = ("[\"" + "x".repeat(100_000) + "\"]").getBytes(UTF_8);
        var masker = new Masker(detections);
        masker.columns(List.of(new Column("C", "text")));

        assertThat(masker.rows(1, rows, 0, rows.length).isUnchanged()).isTrue();
    }

    /// Bytes at random, and valid rows with bytes changed: read or refused, nothing else.
    @Test
    void bytes_at_random_are_read_or_refused() {
        var random = new Random(7);
        byte[] valid =
                "[\"ana@acme.io\",\"{\\\"a\\\":\\\"\\\\u0040\\\"}\"],[null,[1,{\"x\":\"y\"}]],[\"4111 1111 1111 1111\",\"0F\"]"
                        .getBytes(UTF_8);
        for (int i = 0; i < 50_000; i++) {
            byte[] rows = valid.clone();
            for (int k = random.nextInt(6); k >= 0; k--) {
                rows[random.nextInt(rows.length)] =
                        random.nextBoolean()
                                ? (byte) random.nextInt(256)
                                : (byte) "[]{}\",\\u0:@-+(=".charAt(random.nextInt(15));
            }
            int length = random.nextInt(rows.length + 1);
            var masker = new Masker(Detections.all());
            String type = List.of("text", "variant", "binary", "fixed").get(random.nextInt(4));
            masker.columns(List.of(new Column("A", type), new Column("TAX_ID", type)));
            assertThatCode(
                            () -> {
                                try {
                                    masker.rows(3, rows, 0, length);
                                } catch (IOException refused) {
                                    assertThat(refused).hasMessageContaining("do not pass");
                                }
                            })
                    .as("%s", new String(rows, 0, length, UTF_8))
                    .doesNotThrowAnyException();
        }
    }

    private static Duration run(String piece, String type) throws IOException {
        byte[] rows = ("[\"" + piece.repeat(LENGTH / piece.length()) + "\"]").getBytes(UTF_8);
        var masker = new Masker(Detections.all());
        masker.columns(List.of(new Column("C", type)));
        var threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        masker.rows(1, rows, 0, rows.length);
        return Duration.ofNanos(threads.getCurrentThreadCpuTime() - start);
    }
}
