package dev.sfguard.gateway.recording;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Optional;

/// A recording's lines that will not grow any more, in a file of their own:
/// `00001.ndjson.zst`. Its first line is a header, which is not part of the recording's chain but
/// ties the parts together; the others are the recording's lines, byte for byte.
final class SealedPart {
    private static final String SUFFIX = ".ndjson.zst";

    /// Result rows shrink to a third at 300 MB/s; higher levels gain nothing on them.
    private static final int LEVEL = 1;

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /// @param number of the part, from 1
    /// @param first `seq` of the first line
    /// @param last `seq` of the last line
    /// @param lastLine SHA-256 of the last line: `prev` of the line that follows in the next part
    /// @param previousPart SHA-256 of the bytes of the part before; 64 zeros in the first
    /// @param summary the session's as of the last line
    record Header(
            int number,
            long first,
            long last,
            String lastLine,
            String previousPart,
            SessionSummary summary) {

        byte[] line() {
            var json = MAPPER.createObjectNode();
            json.put("header", number)
                    .put("session", summary.id())
                    .put("first", first)
                    .put("last", last)
                    .put("last_line", lastLine)
                    .put("previous_part", previousPart)
                    .set("summary", summary.toJson());
            return (json + "\n").getBytes(StandardCharsets.UTF_8);
        }

        static Header of(byte[] line) throws IOException {
            JsonNode json = MAPPER.readTree(line);
            try {
                return new Header(
                        json.required("header").asInt(),
                        json.required("first").asLong(),
                        json.required("last").asLong(),
                        json.required("last_line").asText(),
                        json.required("previous_part").asText(),
                        SessionSummary.fromJson(json.required("summary")));
            } catch (IllegalArgumentException e) {
                throw new IOException("not the header of a part: " + e.getMessage(), e);
            }
        }

        static boolean isHeader(byte[] line) {
            return new String(line, 0, Math.min(line.length, 10), StandardCharsets.ISO_8859_1)
                    .equals("{\"header\":");
        }
    }

    /// Gives the part's lines, without line feeds, in order.
    interface Lines {
        Optional<byte[]> next() throws IOException;
    }

    private SealedPart() {}

    static Path file(Path folder, int number) {
        return folder.resolve("%05d%s".formatted(number, SUFFIX));
    }

    static boolean isPart(Path file) {
        return file.getFileName().toString().matches("\\d{5,9}\\.ndjson\\.zst");
    }

    static int number(Path file) {
        String name = file.getFileName().toString();
        return Integer.parseInt(name.substring(0, name.length() - SUFFIX.length()));
    }

    /// Writes the part beside its place, makes it durable and puts it there: it is there whole or
    /// not at all.
    ///
    /// @return SHA-256 of the file
    static String write(Path folder, Header header, Lines lines) throws IOException {
        Durably.createFolder(folder);
        Path place = file(folder, header.number());
        Path temporary = place.resolveSibling(place.getFileName() + ".tmp");
        MessageDigest sha256 = HashChain.sha256();
        try (var channel =
                FileChannel.open(
                        temporary,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            // Closing the compressor also closes the channel, which must be forced before that.
            var file = new DigestOutputStream(Channels.newOutputStream(channel), sha256);
            var buffered = new BufferedOutputStream(file, 128 << 10);
            try (var zstd = new ZstdOutputStream(new KeptOpen(buffered), LEVEL)) {
                zstd.write(header.line());
                for (var line = lines.next(); line.isPresent(); line = lines.next()) {
                    zstd.write(line.get());
                    zstd.write('\n');
                }
            }
            buffered.flush();
            channel.force(true);
        }
        Durably.rename(temporary, place);
        return HashChain.hex(sha256.digest());
    }

    /// @return the part's text, header first
    static InputStream open(Path file) throws IOException {
        return new BufferedInputStream(new ZstdInputStream(Files.newInputStream(file)), 128 << 10);
    }

    static Header header(Path file) throws IOException {
        try (InputStream in = open(file)) {
            return Header.of(readLine(in));
        } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /// Leaves the stream at the first line of the recording.
    static Header readHeader(InputStream in) throws IOException {
        return Header.of(readLine(in));
    }

    static String sha256(Path file) throws IOException {
        MessageDigest sha256 = HashChain.sha256();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[128 << 10];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                sha256.update(buffer, 0, read);
            }
        }
        return HashChain.hex(sha256.digest());
    }

    private static byte[] readLine(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream(1024);
        int next = in.read();
        while (next >= 0 && next != '\n') {
            line.write(next);
            next = in.read();
        }
        return line.toByteArray();
    }

    private static final class KeptOpen extends java.io.FilterOutputStream {
        KeptOpen(java.io.OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            out.write(buffer, offset, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
