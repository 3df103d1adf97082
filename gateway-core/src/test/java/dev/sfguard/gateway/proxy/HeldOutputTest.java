package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HeldOutputTest {
    private static final int BATCH = 262_144;

    private final Client client = new Client();

    /// Takes what it gets, as slowly or as badly as it is told.
    private static final class Client extends OutputStream {
        private final ByteArrayOutputStream got = new ByteArrayOutputStream();
        private final CountDownLatch begun = new CountDownLatch(1);
        private CountDownLatch mayTake = new CountDownLatch(0);
        private boolean gone;
        private boolean closed;

        @Override
        public void write(int b) {
            throw new UnsupportedOperationException("one byte at a time");
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            begun.countDown();
            try {
                mayTake.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            if (gone) {
                throw new IOException("the pipe is broken");
            }
            synchronized (got) {
                got.write(bytes, offset, length);
            }
        }

        @Override
        public void close() {
            closed = true;
        }

        private byte[] got() {
            synchronized (got) {
                return got.toByteArray();
            }
        }
    }

    private static byte[] bytes(int length) {
        var bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void small_reply_stays_here_whole_until_it_is_released() throws Exception {
        var held = new HeldOutput(() -> client);
        held.write(bytes(HeldOutput.KEPT));

        assertThat(held.started()).isFalse();
        assertThat(held.whole()).isEqualTo(bytes(HeldOutput.KEPT));
        assertThat(client.got()).isEmpty();

        held.release();
        assertThat(client.got()).isEqualTo(bytes(HeldOutput.KEPT));
        assertThat(client.closed).isTrue();
    }

    @Test
    void end_of_a_large_reply_stays_here_until_it_is_released() throws Exception {
        var held = new HeldOutput(() -> client);
        byte[] reply = bytes(40 * BATCH);
        held.write(reply);

        assertThat(held.started()).isTrue();
        assertThat(client.got().length).isLessThan(reply.length);
        assertThat(client.closed).isFalse();

        held.release();
        assertThat(client.got()).isEqualTo(reply);
        assertThat(held.written()).isEqualTo(reply.length);
        assertThat(client.closed).isTrue();
    }

    @Test
    void bytes_leave_in_their_order_whatever_their_number_at_once() throws Exception {
        var random = new Random(1);
        var held = new HeldOutput(() -> client);
        byte[] reply = bytes(30 * BATCH);
        for (int at = 0; at < reply.length; ) {
            int length = Math.min(reply.length - at, random.nextInt(1 << random.nextInt(21)));
            if (length == 1) {
                held.write(reply[at]);
            } else {
                held.write(reply, at, length);
            }
            at += length;
        }
        held.release();

        assertThat(client.got()).isEqualTo(reply);
    }

    @Test
    void next_rows_are_looked_at_while_the_last_ones_leave() throws Exception {
        client.mayTake = new CountDownLatch(1);
        var held = new HeldOutput(() -> client);
        held.write(bytes(BATCH));
        held.write(bytes(BATCH));
        client.begun.await();

        held.write(bytes(BATCH));

        assertThat(client.got()).isEmpty();
        client.mayTake.countDown();
        held.release();
        assertThat(client.got()).hasSize(3 * BATCH);
    }

    @Test
    void slow_client_holds_up_what_is_read_for_it() throws Exception {
        client.mayTake = new CountDownLatch(1);
        var held = new HeldOutput(() -> client);
        var all = new CountDownLatch(1);
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                held.write(bytes(100 * BATCH));
                                all.countDown();
                            } catch (IOException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        client.begun.await();

        assertThat(all.await(100, TimeUnit.MILLISECONDS)).isFalse();
        client.mayTake.countDown();
        assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void client_that_is_gone_is_noticed_at_a_later_write() {
        client.gone = true;
        var held = new HeldOutput(() -> client);

        assertThatThrownBy(() -> held.write(bytes(100 * BATCH)))
                .isInstanceOf(ClientGone.class)
                .hasRootCauseMessage("the pipe is broken");
    }

    @Test
    void client_that_goes_before_the_last_byte_is_noticed_at_the_end() throws Exception {
        client.gone = true;
        var held = new HeldOutput(() -> client);
        held.write(bytes(10));

        assertThatThrownBy(held::release).isInstanceOf(ClientGone.class);
        assertThat(client.closed).isFalse();
    }

    @Test
    void abandoned_reply_sends_nothing_more_and_is_not_ended() throws Exception {
        client.mayTake = new CountDownLatch(1);
        var held = new HeldOutput(() -> client);
        held.write(bytes(BATCH));
        held.write(bytes(BATCH));
        client.begun.await();
        held.write(bytes(BATCH));
        client.mayTake.countDown();

        held.abandon();
        int sent = client.got().length;

        assertThat(sent).isLessThanOrEqualTo(2 * BATCH);
        assertThat(client.closed).isFalse();
        assertThatThrownBy(
                        () -> {
                            held.write(bytes(BATCH));
                            held.release();
                        })
                .isInstanceOf(ClientGone.class);
        assertThat(client.got()).hasSize(sent);
    }
}
