package dev.sfguard.cli.demo;

import dev.sfguard.cli.Streams;
import java.nio.file.Path;

/// Where a demo keeps everything that it makes.
///
/// @param root the folder of `--dir`
record DemoFolder(Path root) {

    /// The default: under the user's state folder, so that a demo survives a reboot's `/tmp`.
    static DemoFolder ofUser(Streams streams) {
        var state =
                streams.variable("XDG_STATE_HOME")
                        .map(Path::of)
                        .orElseGet(() -> streams.home().resolve(".local/state"));
        return new DemoFolder(state.resolve("sfguard/demo"));
    }

    Path state() {
        return root.resolve("demo.json");
    }

    Path gateway() {
        return root.resolve("gateway");
    }

    Path home(String user) {
        return root.resolve("homes").resolve(user);
    }

    Path log(String process) {
        return root.resolve("logs").resolve(process + ".log");
    }

    /// What a process prints on its standard output: one line when it is ready.
    Path ready(String process) {
        return root.resolve("logs").resolve(process + ".ready");
    }

    /// Every statement that the sandbox received, one JSON object a line.
    Path witness() {
        return root.resolve("logs").resolve("sandbox-statements.ndjson");
    }
}
