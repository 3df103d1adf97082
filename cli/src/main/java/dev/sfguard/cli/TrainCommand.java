package dev.sfguard.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import picocli.CommandLine;

/// Runs the command lines on standard input, one a line, in this one process, so that the JVM's
/// cache holds the classes of all of them. As in a shell, `NAME=VALUE` before a command is a
/// variable of its environment. One that fails fails the installation: a cache trained
/// on error paths would be a slow cache.
@CommandLine.Command(name = "__train", hidden = true)
final class TrainCommand implements Command {

    @Override
    public ExitCode run(Streams streams) throws IOException {
        var nowhere =
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        var lines = new BufferedReader(new InputStreamReader(streams.in(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            ExitCode code = run(streams.withOut(nowhere), line);
            if (code != ExitCode.DONE) {
                throw new CliFailure(
                        ExitCode.INTERNAL,
                        "sfguard " + line + " ended with " + code.status() + ".",
                        code.meaning(),
                        "The cache would be incomplete.");
            }
        }
        return ExitCode.DONE;
    }

    private static ExitCode run(Streams streams, String line) {
        var words = new ArrayList<>(List.of(line.split(" ", -1)));
        var environment = new HashMap<>(streams.environment());
        while (words.getFirst().matches("[A-Z_]+=.*")) {
            String[] variable = words.removeFirst().split("=", 2);
            environment.put(variable[0], variable[1]);
        }
        return Sfguard.run(streams.with(environment), words.toArray(String[]::new));
    }
}
