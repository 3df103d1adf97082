package dev.sfguard.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The SQL of a command: an option, an argument, a file or standard input.
public final class SqlSource {
    /// More than this is data that wants a stage and COPY.
    private static final int LARGEST = 64 << 20;

    private final Streams streams;

    public SqlSource(Streams streams) {
        this.streams = streams;
    }

    String read(@Nullable String query, @Nullable String file) {
        if (query != null) {
            return query;
        }
        if (file != null && !file.equals("-")) {
            var path = Path.of(file);
            try (var in = Files.newInputStream(path)) {
                return text(in, file);
            } catch (IOException e) {
                throw unreadable(path, e);
            }
        }
        if (file == null && streams.terminals().in()) {
            throw CliFailure.usage(
                    "There is no SQL to run.",
                    "Neither -q nor -f is given, and standard input is a terminal.",
                    "For a dialogue: sfguard shell. Options: sfguard exec --help");
        }
        try {
            return text(streams.in(), "standard input");
        } catch (IOException e) {
            throw unreadable(Path.of("standard input"), e);
        }
    }

    /// The argument, or standard input where there is none.
    public String argument(@Nullable String sql) {
        if (sql != null) {
            return sql;
        }
        if (streams.terminals().in()) {
            throw CliFailure.usage(
                    "There is no SQL to explain.",
                    "No argument is given, and standard input is a terminal.",
                    "Put the SQL in quotes at the end of the line.");
        }
        try {
            return text(streams.in(), "standard input");
        } catch (IOException e) {
            throw unreadable(Path.of("standard input"), e);
        }
    }

    private static String text(InputStream in, String name) throws IOException {
        byte[] bytes = in.readNBytes(LARGEST + 1);
        if (bytes.length > LARGEST) {
            throw CliFailure.usage(
                    "The SQL of " + name + " is larger than 64 MiB.",
                    "",
                    "Load data through a stage: PUT, then COPY INTO.");
        }
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            // Windows editors begin UTF-8 files with a mark that is no SQL.
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw CliFailure.usage(
                    "The SQL of " + name + " is not UTF-8.",
                    "",
                    "Convert it: iconv -f LATIN1 -t UTF-8 FILE");
        }
    }

    static CliFailure unreadable(@Nullable Path path, IOException e) {
        String why =
                e instanceof NoSuchFileException
                        ? "There is no such file."
                        : String.valueOf(e.getMessage());
        return new CliFailure(
                ExitCode.USAGE,
                "Cannot read " + path + ".",
                why,
                "Check the name and its rights.",
                e);
    }
}
