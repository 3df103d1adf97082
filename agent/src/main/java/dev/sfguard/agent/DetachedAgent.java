package dev.sfguard.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Starts the agent as a process of its own, which neither Ctrl-C nor the terminal's end reaches.
public final class DetachedAgent {
    /// A cold start on a busy laptop takes some seconds; past this something is wrong.
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private DetachedAgent() {}

    /// Returns once the agent answers.
    ///
    /// @param command the words that run {@link Agent} in the foreground for this home
    /// @throws AgentFailure.AgentDidNotStart when it ends or does not answer in time
    public static RunningAgent start(AgentHome home, List<String> command)
            throws IOException, InterruptedException {
        var running = RunningAgent.find(home);
        if (running.isPresent()) {
            return running.get();
        }
        home.create();
        // Private from its first byte on.
        home.write(AgentHome.LOG, "");
        Path log = home.file(AgentHome.LOG);
        var words = new ArrayList<>(List.of("/bin/sh", "-c", "trap '' HUP INT; exec \"$@\"", "sh"));
        words.addAll(command);
        var builder =
                new ProcessBuilder(words)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().put("SFGUARD_HOME", home.folder().toString());
        return await(home, builder.start());
    }

    private static RunningAgent await(AgentHome home, Process process)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String log = home.file(AgentHome.LOG).toString();
        while (System.nanoTime() < deadline) {
            var running = RunningAgent.find(home);
            if (running.isPresent()) {
                return running.get();
            }
            if (process.waitFor(30, TimeUnit.MILLISECONDS)) {
                throw new AgentFailure.AgentDidNotStart(
                        "it ended with status " + process.exitValue(), log);
            }
        }
        process.destroy();
        throw new AgentFailure.AgentDidNotStart(
                "it did not answer within " + PATIENCE.toSeconds() + " s", log);
    }
}
