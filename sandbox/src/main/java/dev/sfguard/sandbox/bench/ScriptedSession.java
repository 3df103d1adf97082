package dev.sfguard.sandbox.bench;

import java.nio.charset.StandardCharsets;

/// One login at the scripted server. Its one-row reply is made once; each query only gets a number
/// of its own.
final class ScriptedSession {
    /// As a query id looks; the last twelve digits count.
    private static final String QUERY_ID = "01c0ffee-0000-0000-0000-000000000000";

    private static final int COUNTED_DIGITS = 12;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final long id;
    private volatile String role;
    private volatile Template oneRow;

    /// A reply and the place in it where the query's id stands.
    private static final class Template {
        final byte[] reply;
        final int queryIdAt;

        Template(byte[] reply) {
            this.reply = reply;
            queryIdAt = new String(reply, StandardCharsets.ISO_8859_1).indexOf(QUERY_ID);
        }
    }

    ScriptedSession(long id, String role) {
        this.id = id;
        this.role = role;
        oneRow = template();
    }

    long id() {
        return id;
    }

    String token() {
        return "session-" + id;
    }

    String masterToken() {
        return "master-" + id;
    }

    String role() {
        return role;
    }

    synchronized void useRole(String newRole) {
        role = newRole;
        oneRow = template();
    }

    byte[] oneRow(long number) {
        Template template = oneRow;
        byte[] reply = template.reply.clone();
        putDigits(reply, template.queryIdAt + QUERY_ID.length() - COUNTED_DIGITS, number);
        return reply;
    }

    static String queryId(long number) {
        byte[] id = QUERY_ID.getBytes(StandardCharsets.US_ASCII);
        putDigits(id, id.length - COUNTED_DIGITS, number);
        return new String(id, StandardCharsets.US_ASCII);
    }

    private static void putDigits(byte[] target, int from, long number) {
        for (int i = 0; i < COUNTED_DIGITS; i++) {
            target[from + COUNTED_DIGITS - 1 - i] = HEX[(int) (number >>> (4 * i)) & 15];
        }
    }

    private Template template() {
        return new Template(CannedReplies.oneRow(this, QUERY_ID, false));
    }
}
