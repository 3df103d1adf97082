package dev.sfguard.cli;

import dev.sfguard.cli.approval.CannedApi;
import dev.sfguard.cli.query.Target;

/// Runs `shell` on this process's own terminal against a scripted server.
public final class ShellOnStub {
    private ShellOnStub() {}

    public static ExitCode run(Target target, String... args) {
        return Sfguard.run(
                Streams.ofProcess(), new ShellCommand((_, _) -> target, new CannedApi()), args);
    }
}
