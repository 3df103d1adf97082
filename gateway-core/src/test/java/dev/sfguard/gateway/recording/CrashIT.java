package dev.sfguard.gateway.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A gateway is killed at random moments, again and again; what it had acknowledged must be there.
class CrashIT {
    private static final int ROUNDS = 8;

    @TempDir private Path folder;

    @Test
    void nothing_acknowledged_is_lost_when_the_gateway_is_killed() throws Exception {
        var acknowledged = new HashMap<String, Long>();
        // A seed that is printed with a failure makes the moments repeatable, as far as they can
        // be.
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            runUntilKilled(random, acknowledged);
            try (var recordings = Recordings.open(folder, Samples.SMALL, Clock.systemUTC())) {
                for (var session : acknowledged.entrySet()) {
                    assertThat(lastSeq(recordings, session.getKey()))
                            .as("round %d, seed %d, session %s", round, seed, session.getKey())
                            .isGreaterThanOrEqualTo(session.getValue());
                    assertThat(recordings.summary(session.getKey()))
                            .map(SessionSummary::state)
                            .isNotEqualTo(SessionSummary.State.LIVE);
                }
            }
        }
        assertThat(acknowledged).hasSizeGreaterThan(ROUNDS);
    }

    private static long lastSeq(Recordings recordings, String session) throws IOException {
        long last = 0;
        try (var reader = new RecordingReader(recordings.lines(session))) {
            for (var event = reader.next(); event.isPresent(); event = reader.next()) {
                last = event.get().seq();
            }
        }
        return last;
    }

    /// Takes note of what the child acknowledges; kills it after a random number of lines.
    private void runUntilKilled(Random random, Map<String, Long> acknowledged) throws Exception {
        var child = child(folder);
        int lines = 1 + random.nextInt(600);
        try (var out =
                new BufferedReader(
                        new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            for (int i = 0; i < lines; i++) {
                note(out.readLine(), acknowledged);
            }
            // SIGKILL: no shutdown hook, no flush. What stands in the pipe was acknowledged too.
            // Through its handle: the process object would close the pipe as well.
            child.toHandle().destroyForcibly();
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                note(line, acknowledged);
            }
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    /// A {@link CrashingGateway} on the folder, as a process of its own.
    static Process child(Path folder) throws IOException {
        return new ProcessBuilder(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                CrashingGateway.class.getName(),
                                folder.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    static void note(String line, Map<String, Long> acknowledged) {
        assertThat(line).as("the child ended by itself").isNotNull();
        List<String> words = List.of(line.split(" ", -1));
        // The pipe may hold half a line when the child dies.
        if (words.size() == 3) {
            acknowledged.merge(words.get(0), Long.parseLong(words.get(1)), Math::max);
        }
    }
}
