package dev.sfguard.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WireValueTest {
    @ParameterizedTest
    @CsvSource({
        "DATE, 20089, 2025-01-01",
        "date, -1, 1969-12-31",
        "time, 3661.500000000, 01:01:01.5",
        "timestamp_ntz, 1735689600.000000000, 2025-01-01 00:00:00",
        "timestamp_ntz, -0.5, 1969-12-31 23:59:59.5",
        "timestamp_ltz, 1735689600.123, 2025-01-01 00:00:00.123 Z",
        "timestamp_tz, 1735689600.000 1500, 2025-01-01 01:00:00 +01:00",
        "boolean, 1, true",
        "fixed, 1735689600, 1735689600",
        "text, 0, 0",
    })
    void times_are_read_as_the_driver_reads_them(String type, String wire, String shown) {
        assertThat(WireValue.shown(type, wire)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({
        "date, ***",
        "date, 99999999999999999999",
        "time, 86400",
        "timestamp_ntz, <redacted:card>",
        "timestamp_ntz, 1e400",
        "timestamp_tz, 1735689600.000",
        "timestamp_tz, 1735689600.000 999999999",
        "boolean, perhaps",
    })
    void what_is_no_such_value_stays(String type, String wire) {
        assertThat(WireValue.shown(type, wire)).isEqualTo(wire);
    }
}
