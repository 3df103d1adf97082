package dev.sfguard.gateway.recording;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.logging.Logger;

/// The summaries of all sealed recordings, newest first. The parts' headers hold them;
/// `index.ndjson` repeats them so that a start need not open every recording, and may be deleted.
final class SessionIndex implements AutoCloseable {
    static final String FILE = "index.ndjson";

    private static final Logger LOG = Logger.getLogger(SessionIndex.class.getName());
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final PartsFolder parts;
    private final Map<String, SessionSummary> summaries =
            new ConcurrentSkipListMap<>(Comparator.reverseOrder());
    private final Writer log;

    private SessionIndex(PartsFolder parts, Writer log) {
        this.parts = parts;
        this.log = log;
    }

    /// Reads the index and puts in what it lacks.
    static SessionIndex open(Path folder, PartsFolder parts) throws IOException {
        Path file = folder.resolve(FILE);
        var known = read(file);
        Path fresh = folder.resolve(FILE + ".tmp");
        Files.deleteIfExists(fresh);
        Durably.createFile(fresh);
        var index = new SessionIndex(parts, new BufferedWriter(Files.newBufferedWriter(fresh)));
        for (String session : parts.sessions()) {
            index.addFromDisk(session, known.get(session));
        }
        index.log.flush();
        Durably.rename(fresh, file);
        return index;
    }

    private record Known(int parts, SessionSummary summary) {}

    private static Map<String, Known> read(Path file) throws IOException {
        var known = new HashMap<String, Known>();
        try (var lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode json = MAPPER.readTree(line);
                var summary = SessionSummary.fromJson(json);
                known.put(summary.id(), new Known(json.path("parts").asInt(), summary));
            }
        } catch (NoSuchFileException e) {
            return known;
        } catch (IOException e) {
            // It only repeats what the parts say: what is missing is read from them.
            LOG.info("the index of recordings ends early and is made anew: " + e.getMessage());
        }
        return known;
    }

    private void addFromDisk(String session, @org.jspecify.annotations.Nullable Known known)
            throws IOException {
        if (known != null && !Files.exists(parts.file(session, known.parts() + 1))) {
            put(known.parts(), known.summary());
            return;
        }
        try {
            var header = parts.lastHeader(session);
            if (header.isPresent()) {
                put(header.get().number(), header.get().summary());
            }
        } catch (IOException e) {
            LOG.warning("recording " + session + " is not listed: " + e.getMessage());
        }
    }

    void put(int partCount, SessionSummary summary) throws IOException {
        summaries.put(summary.id(), summary);
        ObjectNode json = summary.toJson();
        log.write(json.put("parts", partCount) + "\n");
    }

    void flush() throws IOException {
        log.flush();
    }

    Iterable<SessionSummary> newestFirst() {
        return List.copyOf(summaries.values());
    }

    java.util.Optional<SessionSummary> find(String session) {
        return java.util.Optional.ofNullable(summaries.get(session));
    }

    @Override
    public void close() throws IOException {
        log.close();
    }
}
