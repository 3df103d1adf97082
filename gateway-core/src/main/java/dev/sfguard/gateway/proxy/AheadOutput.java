package dev.sfguard.gateway.proxy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The way of a large reply to its client: a thread of its own encrypts and sends one buffer while
/// the next is read from upstream and looked at. It knows two at most, one of which is being sent.
final class AheadOutput {

    private final OutputStream client;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private byte @Nullable [] waiting;
    private int waitingLength;

    /// Was sent, and can be filled again.
    private byte @Nullable [] spare;

    private boolean sending;
    private boolean ended;
    private @Nullable IOException failure;

    private AheadOutput(OutputStream client) {
        this.client = client;
    }

    static AheadOutput start(OutputStream client) {
        var ahead = new AheadOutput(client);
        Thread.ofVirtual().name("reply").start(ahead::send);
        return ahead;
    }

    /// Takes a buffer over; waits while the one before it waits.
    ///
    /// @return a buffer for what comes next; null when there is none yet
    /// @throws ClientGone when an earlier one could not be sent
    byte @Nullable [] pass(byte[] buffer, int length) throws ClientGone {
        lock.lock();
        try {
            await(() -> waiting == null);
            waiting = buffer;
            waitingLength = length;
            var free = spare;
            spare = null;
            changed.signalAll();
            return free;
        } finally {
            lock.unlock();
        }
    }

    /// Returns when all has been sent and the reply has its end.
    void finish() throws ClientGone {
        lock.lock();
        try {
            await(() -> waiting == null && !sending);
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            client.close();
        } catch (IOException e) {
            throw new ClientGone(e);
        }
    }

    /// Sends nothing more. When it returns nothing is on its way either, so that the reply may be
    /// broken off.
    void abandon() {
        lock.lock();
        try {
            ended = true;
            waiting = null;
            if (failure == null) {
                failure = new IOException("the reply was broken off");
            }
            changed.signalAll();
            while (sending) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private void await(BooleanSupplier reached) throws ClientGone {
        try {
            while (failure == null && !reached.getAsBoolean()) {
                changed.await();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new ClientGone(new InterruptedIOException("the gateway is stopping"));
        }
        if (failure != null) {
            throw new ClientGone(failure);
        }
    }

    private void send() {
        try {
            var next = take();
            while (next != null) {
                client.write(next.bytes, 0, next.length);
                sent(next.bytes);
                next = take();
            }
        } catch (IOException | RuntimeException | Error e) {
            // Whoever waits for this thread must hear of it, whatever it was.
            failed(e instanceof IOException io ? io : new IOException(e));
        }
    }

    // Never compared.
    @SuppressWarnings("ArrayRecordComponent")
    private record Next(byte[] bytes, int length) {}

    /// @return null at the end
    private @Nullable Next take() {
        lock.lock();
        try {
            while (waiting == null && !ended) {
                changed.awaitUninterruptibly();
            }
            var buffer = waiting;
            if (buffer == null) {
                return null;
            }
            waiting = null;
            sending = true;
            changed.signalAll();
            return new Next(buffer, waitingLength);
        } finally {
            lock.unlock();
        }
    }

    private void sent(byte[] buffer) {
        lock.lock();
        try {
            spare = buffer;
            sending = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void failed(IOException e) {
        lock.lock();
        try {
            failure = e;
            waiting = null;
            sending = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
