package dev.sfguard.cli.shell;

import dev.sfguard.cli.ShellOnStub;
import dev.sfguard.cli.query.StubSnowflake;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The process that {@link ShellIT} runs in a terminal: the shell, with a scripted server beside
/// it.
final class ShellStage {
    static final String SLEEPER = "sleeper-arrived";

    private ShellStage() {}

    public static void main(String[] args) {
        try (var snowflake = new StubSnowflake()) {
            snowflake.rows("select 1\nas n", "N fixed", "[[\"1\"]]");
            snowflake.rows("select 2", "N fixed", "[[\"2\"]]");
            var many = new StringBuilder("[");
            for (int i = 0; i < 500; i++) {
                many.append(i == 0 ? "" : ",").append("[\"").append(i).append("\"]");
            }
            snowflake.rows("select many", "N fixed", many.append("]").toString());
            snowflake.rows(
                    "show /* sfguard shell: completion */ tables", "name text", "[[\"ORDERS\"]]");
            snowflake.rows("select * from orders", "ORDER_ID fixed", "[[\"7\"]]");
            snowflake.error(
                    "drop database shop",
                    "098011",
                    "42501",
                    "sfguard: Blocked by rule \"no-drop\".");
            Thread.ofVirtual().start(() -> tellOfSleeper(snowflake));
            var code = ShellOnStub.run(snowflake.target(), args);
            System.out.println("left with " + code + ", aborted " + snowflake.aborted());
        }
        // Driver threads are daemons, but a test must not depend on that.
        System.exit(0);
    }

    /// The test sees the screen alone; whether a statement has arrived it sees by this file.
    private static void tellOfSleeper(StubSnowflake snowflake) {
        try {
            snowflake.awaitSleeper();
            Files.createFile(Path.of(System.getenv("SFGUARD_HOME"), SLEEPER));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
