package dev.sfguard.agent.tunnel;

import dev.sfguard.agent.AgentFailure;
import dev.sfguard.agent.forward.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A tunnel that comes back: a thread of its own probes it, notices when it breaks and connects
/// again, with longer and longer pauses.
public final class LiveTunnel implements AutoCloseable {
    /// Opens a new tunnel with whatever certificate is valid by then.
    @FunctionalInterface
    public interface Connector {
        Tunnel connect() throws IOException;
    }

    private final Connector connector;
    private final TunnelSettings settings;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable Tunnel current;
    private @Nullable IOException trouble;
    private boolean wanted = true;
    private boolean closed;
    private final Thread keeper;

    /// @param first already open
    public LiveTunnel(Tunnel first, Connector connector, TunnelSettings settings) {
        this.current = first;
        this.connector = connector;
        this.settings = settings;
        keeper = Thread.ofVirtual().name("tunnel").start(this::keep);
    }

    /// Opens a wire through the tunnel; waits a while for one that is coming back.
    public Wire open(String host, int port) throws IOException {
        long deadline = System.nanoTime() + settings.patience().toNanos();
        while (true) {
            Tunnel tunnel = await(deadline);
            try {
                return tunnel.open(host, port);
            } catch (AgentFailure.GatewayUnreachable broke) {
                if (System.nanoTime() > deadline) {
                    throw broke;
                }
                lost(tunnel, broke);
            }
        }
    }

    /// The tunnel when it is up.
    public Optional<Tunnel> current() {
        lock.lock();
        try {
            return Optional.ofNullable(current).filter(Tunnel::isOpen);
        } finally {
            lock.unlock();
        }
    }

    /// Why the last attempt failed; empty while the tunnel is up.
    public Optional<IOException> trouble() {
        return current().isPresent() ? Optional.empty() : Optional.ofNullable(trouble);
    }

    private Tunnel await(long deadline) throws IOException {
        lock.lock();
        try {
            while (true) {
                if (closed) {
                    throw new IOException("the agent stops");
                }
                if (current != null && current.isOpen()) {
                    return current;
                }
                if (trouble instanceof AgentFailure failure && !isTemporary(failure)) {
                    // Somebody has to act: trying again at once may help, waiting does not.
                    askNow();
                    throw failure;
                }
                askNow();
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw trouble != null ? trouble : new IOException("the tunnel is down");
                }
                changed.awaitNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(200)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            lock.unlock();
        }
    }

    private static boolean isTemporary(AgentFailure failure) {
        return failure instanceof AgentFailure.GatewayUnreachable;
    }

    private void askNow() {
        wanted = true;
        changed.signalAll();
    }

    private void lost(Tunnel tunnel, IOException why) {
        lock.lock();
        try {
            if (current == tunnel) {
                current = null;
                trouble = why;
            }
            askNow();
        } finally {
            lock.unlock();
        }
        tunnel.close();
    }

    private void keep() {
        Duration pause = settings.firstRetry();
        while (!isClosed()) {
            var tunnel = current();
            if (tunnel.isPresent()) {
                watch(tunnel.get());
                pause = settings.firstRetry();
            } else if (reconnect()) {
                pause = settings.firstRetry();
            } else {
                rest(pause);
                Duration longer = pause.multipliedBy(2);
                pause = longer.compareTo(settings.lastRetry()) < 0 ? longer : settings.lastRetry();
            }
        }
    }

    private void watch(Tunnel tunnel) {
        tunnel.awaitBreak(settings.probe());
        if (!isClosed() && !tunnel.probe()) {
            lost(tunnel, new IOException("the tunnel broke"));
        }
    }

    private boolean reconnect() {
        try {
            Tunnel fresh = connector.connect();
            lock.lock();
            try {
                if (closed) {
                    fresh.close();
                } else {
                    current = fresh;
                    trouble = null;
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            return true;
        } catch (IOException e) {
            lock.lock();
            try {
                trouble = e;
                wanted = false;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            return false;
        }
    }

    /// A new local connection ends the rest at once, but not more often than each first pause.
    private void rest(Duration pause) {
        lock.lock();
        try {
            long start = System.nanoTime();
            long end = start + pause.toNanos();
            long earliest = start + settings.firstRetry().toNanos();
            while (!closed) {
                long now = System.nanoTime();
                if (now >= end || (wanted && now >= earliest)) {
                    return;
                }
                changed.awaitNanos((wanted ? earliest : end) - now);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        Tunnel last;
        lock.lock();
        try {
            closed = true;
            last = current;
            current = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (last != null) {
            last.close();
        }
        keeper.interrupt();
    }
}
