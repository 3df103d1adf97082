package dev.sfguard.gateway.recording;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/// The fixed front of every stored line, read without parsing the rest:
/// `{"seq":12,"at":"2026-11-23T14:02:15.123456Z","prev":"<64 hex digits>","type":"rows"` and, of
/// what belongs to a statement, `,"statement":7`.
///
/// @param statement 0 for what belongs to the session itself
public record LineHead(long seq, Instant at, String prev, String type, long statement) {
    private static final String AT = ",\"at\":\"";
    private static final String PREV = "\",\"prev\":\"";
    private static final String TYPE = "\",\"type\":\"";
    private static final String STATEMENT = ",\"statement\":";
    private static final int AT_LENGTH = "2026-11-23T14:02:15.123456Z".length();

    /// The longest front: 19 digits of each number and 20 letters of a type.
    private static final int LONGEST = 260;

    /// @param line without its line feed
    /// @return empty for a line that no recording wrote
    public static Optional<LineHead> of(byte[] line) {
        return of(line, 0, line.length);
    }

    static Optional<LineHead> of(byte[] line, int offset, int length) {
        String front =
                new String(line, offset, Math.min(length, LONGEST), StandardCharsets.ISO_8859_1);
        int at = front.indexOf(AT);
        if (!front.startsWith("{\"seq\":") || at < 8 || at > 26) {
            return Optional.empty();
        }
        int prev = at + AT.length() + AT_LENGTH;
        int type = prev + PREV.length() + HashChain.START.length();
        int typeEnd = front.indexOf('"', type + TYPE.length());
        if (!front.startsWith(PREV, prev) || !front.startsWith(TYPE, type) || typeEnd < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new LineHead(
                            Long.parseLong(front, 7, at, 10),
                            Instant.parse(front.substring(at + AT.length(), prev)),
                            front.substring(prev + PREV.length(), type),
                            front.substring(type + TYPE.length(), typeEnd),
                            statement(front, typeEnd + 1)));
        } catch (NumberFormatException | DateTimeException e) {
            return Optional.empty();
        }
    }

    private static long statement(String front, int at) {
        if (!front.startsWith(STATEMENT, at)) {
            return 0;
        }
        int from = at + STATEMENT.length();
        int to = from;
        while (to < front.length() && Character.isDigit(front.charAt(to))) {
            to++;
        }
        return Long.parseLong(front, from, to, 10);
    }

    boolean isRows() {
        return type.equals("rows");
    }
}
