package dev.sfguard.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Why the statements are run, for the recording and for who approves them.
final class Purpose {
    /// What the gateway takes of each, in bytes of UTF-8.
    private static final int LONGEST = 64 * 1024;

    @Option(
            names = "--prompt",
            paramLabel = "TEXT",
            description = "The prompt that led to the SQL; it is recorded with it.")
    private @Nullable String prompt;

    @Option(names = "--prompt-file", paramLabel = "FILE", description = "The same, from a file.")
    private @Nullable Path promptFile;

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            description = "Why you run it; recorded, and shown to who approves.")
    private @Nullable String reason;

    /// The session parameters that carry it. The environment's SFGUARD_PROMPT, SFGUARD_REASON and
    /// SFGUARD_AGENT count where no option says otherwise: an AI agent's harness sets them once.
    Map<String, String> parameters(Streams streams) {
        var parameters = new LinkedHashMap<String, String>();
        put(parameters, "SFGUARD_PROMPT", prompt(), streams);
        put(parameters, "SFGUARD_REASON", reason, streams);
        put(parameters, "SFGUARD_AGENT", null, streams);
        return parameters;
    }

    private static void put(
            Map<String, String> parameters, String name, @Nullable String given, Streams streams) {
        String value = given != null ? given : streams.variable(name).orElse("");
        int length = value.getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST) {
            throw CliFailure.usage(
                    name + " is too long: " + length + " bytes.",
                    "The gateway records at most " + LONGEST + " bytes of it.",
                    "Shorten it, or name a document that holds the rest.");
        }
        if (!value.isEmpty()) {
            parameters.put(name, value);
        }
    }

    private @Nullable String prompt() {
        if (prompt != null && promptFile != null) {
            throw CliFailure.usage(
                    "--prompt and --prompt-file are both given.", "", "Give one of them.");
        }
        try {
            return promptFile == null ? prompt : Files.readString(promptFile);
        } catch (IOException e) {
            throw SqlSource.unreadable(promptFile, e);
        }
    }
}
