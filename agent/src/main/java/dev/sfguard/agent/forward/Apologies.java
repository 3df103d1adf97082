package dev.sfguard.agent.forward;

import java.io.IOException;

/// Answers one HTTP request without understanding it: reads what has come of it, answers, closes.
final class Apologies {
    /// More than any driver's head; the rest of a body need not be read to be refused.
    private static final int MOST = 64 * 1024;

    private Apologies() {}

    static void answer(Wire near, byte[] response) throws IOException {
        byte[] block = new byte[MOST];
        if (near.in().read(block) < 0) {
            return;
        }
        near.out().write(response);
        near.out().flush();
        near.endOutput();
        // Closing with unread bytes would reset the connection before the answer is read.
        int drained = 0;
        int length;
        while (drained < MOST && (length = near.in().read(block)) >= 0) {
            drained += length;
        }
    }
}
