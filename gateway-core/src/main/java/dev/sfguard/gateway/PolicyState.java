package dev.sfguard.gateway;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/// Which policy a running gateway has, and why it refused the last file: a small file beside the
/// store, for `gateway check`, which is another process.
///
/// @param version the one that holds
/// @param since when it was taken
record PolicyState(String version, Instant since, Optional<Refusal> refused) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_REASON = 4_000;

    /// @param why with place and caret, as in the log
    record Refusal(Instant at, String why) {}

    static Path file(GatewayConfig config) {
        return config.store().resolveSibling("policy-state.json");
    }

    /// Empty where no gateway runs, or what lies there is nothing of ours.
    static Optional<PolicyState> read(Path file) throws IOException {
        try {
            var root = JSON.readTree(Files.readAllBytes(file));
            var refused = root.path("refused");
            return Optional.of(
                    new PolicyState(
                            root.path("version").asText(),
                            time(root.path("since")),
                            refused.isObject()
                                    ? Optional.of(
                                            new Refusal(
                                                    time(refused.path("at")),
                                                    refused.path("why").asText()))
                                    : Optional.empty()));
        } catch (NoSuchFileException | JacksonException | DateTimeParseException none) {
            return Optional.empty();
        }
    }

    private static Instant time(JsonNode text) {
        return Instant.parse(text.asText());
    }

    PolicyState refusing(Instant at, String why) {
        String cut = why.length() > LONGEST_REASON ? why.substring(0, LONGEST_REASON) + "…" : why;
        return new PolicyState(version, since, Optional.of(new Refusal(at, cut)));
    }

    /// Whole or not at all: a check may read at any time.
    void write(Path file) throws IOException {
        var root = JSON.createObjectNode();
        root.put("version", version);
        root.put("since", since.toString());
        refused.ifPresent(
                it -> root.putObject("refused").put("at", it.at().toString()).put("why", it.why()));
        var folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        var fresh = Files.createTempFile(folder, "policy-state", ".new");
        Files.write(fresh, JSON.writeValueAsBytes(root));
        Files.move(
                fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
