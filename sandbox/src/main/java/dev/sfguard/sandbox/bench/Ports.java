package dev.sfguard.sandbox.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;

/// Ports on loopback, for programs that must be told theirs.
final class Ports {
    private Ports() {}

    /// A port that was free a moment ago.
    static int free() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /// Waits until something listens.
    static void await(int port, Duration patience) throws IOException {
        long end = System.nanoTime() + patience.toNanos();
        while (!listens(port)) {
            if (System.nanoTime() > end) {
                throw new IOException("Nothing listens on port " + port);
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new IOException("interrupted", e);
            }
        }
    }

    private static boolean listens(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
