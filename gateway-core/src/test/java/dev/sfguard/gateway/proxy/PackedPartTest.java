package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackedPartTest {
    private static final int HEADER = 10;

    private final ByteArrayOutputStream client = new ByteArrayOutputStream();

    private static byte[] gzip(byte[] plain) throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain);
        }
        return packed.toByteArray();
    }

    /// Hardly any shorter when it is packed.
    private static byte[] noise(int length) {
        var bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static byte[] joined(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private byte[] read(byte[] packed) throws IOException {
        return read(new ByteArrayInputStream(packed));
    }

    private byte[] read(InputStream packed) throws IOException {
        try (var part = new PackedPart(packed, client)) {
            var plain = part.readAllBytes();
            part.release();
            return plain;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_000, 65_536, 1_000_000})
    void plain_bytes_are_read_and_packed_ones_delivered(int length) throws Exception {
        byte[] packed = gzip(noise(length));

        assertThat(read(packed)).isEqualTo(noise(length));
        assertThat(client.toByteArray()).isEqualTo(packed);
    }

    @Test
    void it_may_come_in_single_bytes() throws Exception {
        byte[] packed = gzip("[\"1\"],[\"2\"]".repeat(1_000).getBytes(StandardCharsets.UTF_8));
        var slow =
                new ByteArrayInputStream(packed) {
                    @Override
                    public synchronized int read(byte[] target, int offset, int length) {
                        return super.read(target, offset, Math.min(length, 1));
                    }
                };

        assertThat(new String(read(slow), StandardCharsets.UTF_8))
                .isEqualTo("[\"1\"],[\"2\"]".repeat(1_000));
        assertThat(client.toByteArray()).isEqualTo(packed);
    }

    @Test
    void all_members_of_a_file_belong_to_it() throws Exception {
        byte[] packed = joined(gzip(noise(100_000)), gzip(new byte[0]), gzip(noise(5)));

        assertThat(read(packed)).isEqualTo(joined(noise(100_000), noise(5)));
        assertThat(client.toByteArray()).isEqualTo(packed);
    }

    @Test
    void header_with_all_that_it_can_have_is_passed_over() throws Exception {
        byte[] packed = gzip(noise(1_000));
        byte[] header = Arrays.copyOf(packed, HEADER);
        header[3] = 2 | 4 | 8 | 16;
        byte[] more = {2, 0, 'x', 'y', 'n', 0, 'c', 0, 1, 2};
        byte[] full = joined(header, more, Arrays.copyOfRange(packed, HEADER, packed.length));

        assertThat(read(full)).isEqualTo(noise(1_000));
        assertThat(client.toByteArray()).isEqualTo(full);
    }

    @Test
    void block_leaves_when_the_rows_in_it_are_recorded_and_not_before() throws Exception {
        byte[] packed = gzip(noise(500_000));
        try (var part = new PackedPart(new ByteArrayInputStream(packed), client)) {
            part.readNBytes(300_000);
            assertThat(client.size()).isZero();

            part.recorded(60_000);
            assertThat(client.size()).isZero();

            part.recorded(140_000);
            assertThat(client.size()).isPositive().isLessThanOrEqualTo(200_200);

            part.readAllBytes();
            part.recorded(300_000);
            part.release();
            assertThat(client.toByteArray()).isEqualTo(packed);
        }
    }

    @Test
    void bytes_behind_its_end_are_refused() throws Exception {
        byte[] packed = joined(gzip(noise(1_000)), new byte[] {0, 0, 0});

        assertThatThrownBy(() -> read(packed)).hasMessageContaining("something follows it");
    }

    @Test
    void wrong_sums_are_refused() throws Exception {
        byte[] packed = gzip(noise(1_000));
        for (int from : new int[] {packed.length - 8, packed.length - 4}) {
            byte[] wrong = packed.clone();
            wrong[from] ^= 1;
            assertThatThrownBy(() -> read(wrong)).hasMessageContaining("check sum");
        }
    }

    @Test
    void damage_is_refused_wherever_it_is() throws Exception {
        byte[] packed = gzip("[\"a\",\"b\"],".repeat(20).getBytes(StandardCharsets.UTF_8));
        for (int at = 0; at < packed.length; at++) {
            byte[] damaged = packed.clone();
            damaged[at] ^= 0x55;
            // What time and system it was packed at says nothing about the rows.
            if (at < 4 || at >= HEADER) {
                assertThatThrownBy(() -> read(damaged)).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void cut_off_anywhere_it_is_refused() throws Exception {
        byte[] packed = gzip(noise(300));
        for (int length = 1; length < packed.length; length++) {
            byte[] cut = Arrays.copyOf(packed, length);
            assertThatThrownBy(() -> read(cut)).isInstanceOf(EOFException.class);
        }
        assertThatThrownBy(() -> read(new byte[0])).hasMessageContaining("empty");
    }

    @Test
    void header_without_end_fills_no_memory() {
        byte[] endless = new byte[1 << 20];
        Arrays.fill(endless, (byte) 'n');
        System.arraycopy(new byte[] {0x1f, (byte) 0x8b, 8, 8, 0, 0, 0, 0, 0, 0}, 0, endless, 0, 10);

        assertThatThrownBy(() -> read(endless)).hasMessageContaining("header does not end");
    }

    @Test
    void packing_that_makes_nothing_of_much_fills_no_memory() {
        var nothing = new ByteArrayOutputStream();
        nothing.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 0});
        for (int i = 0; i < 200_000; i++) {
            nothing.writeBytes(new byte[] {0, 0, 0, (byte) 0xff, (byte) 0xff});
        }

        assertThatThrownBy(() -> read(nothing.toByteArray()))
                .hasMessageContaining("larger packed than unpacked");
    }

    @Test
    void much_that_was_packed_into_little_streams_through() throws Exception {
        var deflater = new Deflater(9, true);
        byte[] zeros = new byte[200 << 20];
        deflater.setInput(zeros);
        deflater.finish();
        byte[] body = new byte[1 << 20];
        int length = deflater.deflate(body);
        deflater.end();
        var sum = new CRC32();
        sum.update(zeros);
        var packed = new ByteArrayOutputStream();
        packed.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 0});
        packed.write(body, 0, length);
        for (long number : new long[] {sum.getValue(), zeros.length}) {
            for (int shift = 0; shift < 32; shift += 8) {
                packed.write((int) (number >>> shift));
            }
        }
        long plain = 0;
        try (var part = new PackedPart(new ByteArrayInputStream(packed.toByteArray()), client)) {
            byte[] target = new byte[100_000];
            for (int n = part.read(target); n >= 0; n = part.read(target)) {
                plain += n;
                part.recorded(n);
            }
            part.release();
        }

        assertThat(plain).isEqualTo(zeros.length);
        assertThat(client.toByteArray()).isEqualTo(packed.toByteArray());
    }
}
