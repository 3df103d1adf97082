package dev.sfguard.agent;

import dev.sfguard.agent.forward.LocalListener;
import dev.sfguard.agent.forward.UnixListener;
import dev.sfguard.agent.login.Renewal;
import dev.sfguard.agent.tunnel.LiveTunnel;
import dev.sfguard.agent.tunnel.TunnelSettings;
import dev.sfguard.gateway.tunnel.Handshake;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/// The forwarding agent: one per home. Keeps a tunnel to the gateway and, on 127.0.0.1, a port for
/// each connection; the command reaches the gateway's API through its unix socket.
public final class Agent implements AutoCloseable {
    static final String API_SOCKET = "agent.sock";
    static final String CONTROL_SOCKET = "control.sock";
    private static final String LOCK = "agent.lock";

    /// How often the certificate's age is looked at.
    private static final Duration LOOK = Duration.ofSeconds(20);

    private static final System.Logger LOG = System.getLogger(Agent.class.getName());

    private final AgentHome home;
    private final FileChannel lockFile;
    private final FileLock lock;
    private final Instant started;
    private final Ports ports;
    private final Renewal renewal;
    private final LiveTunnel tunnel;
    private final UnixListener api;
    private final UnixListener control;
    private final TreeMap<String, LocalListener> listeners = new TreeMap<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread renewer;

    private Agent(
            AgentHome home,
            FileChannel lockFile,
            FileLock lock,
            TunnelSettings settings,
            Clock clock)
            throws IOException {
        this.home = home;
        this.lockFile = lockFile;
        this.lock = lock;
        started = clock.instant();
        ports = new Ports(home);
        renewal = new Renewal(home, settings, clock);
        tunnel =
                new LiveTunnel(
                        OwnTunnel.connect(home, settings, clock),
                        () -> OwnTunnel.connect(home, settings, clock),
                        settings);
        try {
            api =
                    UnixListener.open(
                            home.socket(API_SOCKET),
                            UnixListener.forwarding(
                                    () -> tunnel.open(Handshake.API_HOST, Handshake.API_PORT),
                                    Troubles::forApi));
            control =
                    UnixListener.open(home.socket(CONTROL_SOCKET), new ControlServer(this)::serve);
        } catch (IOException e) {
            tunnel.close();
            throw e;
        }
        renewer = Thread.ofVirtual().name("renewal").start(this::renew);
    }

    /// Starts the agent of a home: signed in, connected, reachable for the command.
    ///
    /// @throws AgentFailure.AgentRuns when this home has one already
    public static Agent start(AgentHome home, TunnelSettings settings, Clock clock)
            throws IOException {
        home.create();
        var lockFile =
                FileChannel.open(
                        home.file(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            var lock = lockFile.tryLock();
            if (lock == null) {
                throw new AgentFailure.AgentRuns();
            }
            return new Agent(home, lockFile, lock, settings, clock);
        } catch (OverlappingFileLockException e) {
            lockFile.close();
            throw new AgentFailure.AgentRuns();
        } catch (IOException | RuntimeException e) {
            lockFile.close();
            throw e;
        }
    }

    /// Serves a connection; once served, it stays at its port.
    ///
    /// @param port empty takes the one used before, or a free one
    /// @return its port on 127.0.0.1
    /// @throws AgentFailure.PortInUse when somebody else has that port
    public synchronized int serve(String connection, OptionalInt port) throws IOException {
        var known = listeners.get(connection);
        if (known != null && (port.isEmpty() || port.getAsInt() == known.port())) {
            return known.port();
        }
        var wanted = port.isPresent() ? port : ports.of(connection);
        var listener =
                LocalListener.open(
                        wanted.orElse(0),
                        () -> tunnel.open(connection, Handshake.CONNECTION_PORT),
                        Troubles::forDriver);
        if (known != null) {
            known.close();
        }
        listeners.put(connection, listener);
        ports.remember(connection, listener.port());
        LOG.log(Level.INFO, "serving {0} on 127.0.0.1:{1}", connection, "" + listener.port());
        return listener.port();
    }

    public synchronized AgentStatus status() throws IOException {
        var profile = home.requireProfile();
        var served = new ArrayList<AgentStatus.Served>();
        listeners.forEach(
                (name, listener) ->
                        served.add(
                                new AgentStatus.Served(
                                        name, listener.port(), listener.connections())));
        return new AgentStatus(
                ProcessHandle.current().pid(),
                started,
                profile.gateway().place(),
                profile.user(),
                profile.expires(),
                tunnel.current().isPresent(),
                tunnel.trouble().map(trouble -> String.valueOf(trouble.getMessage())),
                served);
    }

    private void renew() {
        while (ended.getCount() > 0) {
            try {
                var before = home.requireProfile();
                var now = renewal.ensure(tunnel.current());
                if (!now.expires().equals(before.expires())) {
                    LOG.log(Level.INFO, "certificate renewed until {0}", now.expires());
                }
            } catch (IOException e) {
                LOG.log(Level.WARNING, "the certificate was not renewed: {0}", e.getMessage());
            }
            try {
                Thread.sleep(pause());
            } catch (InterruptedException stopping) {
                return;
            }
        }
    }

    /// Short-lived certificates are looked at more often.
    private Duration pause() {
        try {
            var profile = home.requireProfile();
            var part = Duration.between(profile.issued(), profile.expires()).dividedBy(12);
            return part.compareTo(LOOK) < 0 && part.isPositive() ? part : LOOK;
        } catch (IOException signedOut) {
            return LOOK;
        }
    }

    /// Returns when the agent was told to stop.
    public void await() throws InterruptedException {
        ended.await();
    }

    @Override
    public synchronized void close() {
        if (ended.getCount() == 0) {
            return;
        }
        ended.countDown();
        renewer.interrupt();
        control.close();
        api.close();
        listeners.values().forEach(LocalListener::close);
        tunnel.close();
        try {
            lock.release();
            lockFile.close();
        } catch (IOException gone) {
            // The process ends, and the lock with it.
            LOG.log(Level.DEBUG, "the lock was gone", gone);
        }
    }
}
