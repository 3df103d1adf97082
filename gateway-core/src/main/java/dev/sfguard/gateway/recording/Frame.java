package dev.sfguard.gateway.recording;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32C;

/// A recording's line as it stands in the journal, where all sessions' lines are mixed:
/// `SESSION LENGTH CHECK line LF`, the length in bytes and the CRC-32C of session and line as eight
/// hex digits. A frame that a crash cut off, or that was never written, fails its check.
final class Frame extends ByteArrayOutputStream {
    static final int HEADER = SessionId.LENGTH + 1 + 8 + 1 + 8 + 1;

    /// What fits into one array with header and line feed.
    private static final int LONGEST = Integer.MAX_VALUE - 8 - HEADER - 1;

    private static final HexFormat HEX = HexFormat.of();
    private static final int LENGTH_AT = SessionId.LENGTH + 1;
    private static final int CHECK_AT = LENGTH_AT + 9;

    /// A frame that takes its line through {@link #write} and is then finished.
    Frame(int expectedLineLength) {
        super(HEADER + expectedLineLength + 1);
        count = HEADER;
    }

    byte[] buffer() {
        return buf;
    }

    /// In bytes, with header and line feed once it is finished.
    int length() {
        return count;
    }

    int lineLength() {
        return count - HEADER;
    }

    void finish(String session) {
        int lineLength = lineLength();
        byte[] name = session.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(name, 0, buf, 0, SessionId.LENGTH);
        buf[SessionId.LENGTH] = ' ';
        putHex(LENGTH_AT, lineLength);
        putHex(CHECK_AT, check(buf, 0, lineLength));
        write('\n');
    }

    private void putHex(int at, int value) {
        byte[] digits = HEX.toHexDigits(value).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, buf, at, digits.length);
        buf[at + digits.length] = ' ';
    }

    /// @param offset of the frame in the buffer
    static int check(byte[] buffer, int offset, int lineLength) {
        var crc = new CRC32C();
        crc.update(buffer, offset, SessionId.LENGTH);
        crc.update(buffer, offset + HEADER, lineLength);
        return (int) crc.getValue();
    }

    /// What a frame's first {@link #HEADER} bytes say; empty when they are no header.
    record Header(String session, int lineLength, int check) {

        int frameLength() {
            return HEADER + lineLength + 1;
        }

        static Optional<Header> of(byte[] buffer, int offset) {
            String text = new String(buffer, offset, HEADER, StandardCharsets.ISO_8859_1);
            String session = text.substring(0, SessionId.LENGTH);
            if (!SessionId.isValid(session)
                    || text.charAt(SessionId.LENGTH) != ' '
                    || text.charAt(LENGTH_AT + 8) != ' '
                    || text.charAt(CHECK_AT + 8) != ' ') {
                return Optional.empty();
            }
            try {
                int length = HexFormat.fromHexDigits(text, LENGTH_AT, LENGTH_AT + 8);
                int check = HexFormat.fromHexDigits(text, CHECK_AT, CHECK_AT + 8);
                return length < 0 || length > LONGEST
                        ? Optional.empty()
                        : Optional.of(new Header(session, length, check));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }

        /// @param offset of the frame in a buffer that holds all of it
        boolean matches(byte[] buffer, int offset) {
            return buffer[offset + HEADER + lineLength] == '\n'
                    && Frame.check(buffer, offset, lineLength) == check;
        }
    }
}
