package dev.sfguard.agent.forward;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// Copies bytes both ways between two wires until both directions have ended. One that ends first
/// leaves the other running: a client may close its side and still wait for the answer.
final class Pump {
    /// As large as the tunnel's packets.
    private static final int BLOCK = 128 * 1024;

    private Pump() {}

    /// Returns when both wires are closed.
    static void join(Wire near, Wire far) {
        var up = Thread.ofVirtual().name("up").start(() -> copy(near, far));
        copy(far, near);
        try {
            up.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        near.close();
        far.close();
    }

    private static void copy(Wire from, Wire to) {
        try {
            move(from.in(), to.out());
            to.endOutput();
        } catch (IOException broken) {
            // A direction that breaks in the middle must not look like one that ended.
            from.close();
            to.close();
        }
    }

    private static void move(InputStream in, OutputStream out) throws IOException {
        byte[] block = new byte[BLOCK];
        int length;
        while ((length = in.read(block)) >= 0) {
            out.write(block, 0, length);
            out.flush();
        }
    }
}
