package dev.sfguard.sandbox.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Programs of sfguard's own modules that a benchmark needs, each a process of its own. Known by
/// name only: the sandbox imports nothing of sfguard.
final class OwnProcess {
    static final String COMPONENTS = "dev.sfguard.gateway.bench.ComponentBench";
    static final String LONG_RECORDING = "dev.sfguard.gateway.bench.LongRecording";
    static final String SEEK = "dev.sfguard.cli.replay.SeekBench";
    static final String RAW_GATEWAY = "dev.sfguard.agent.bench.RawGateway";
    static final String RAW_AGENT = "dev.sfguard.agent.bench.RawAgent";
    static final String CROWD = "dev.sfguard.agent.bench.TunnelCrowd";

    /// The agent's collector; the gateway keeps the JVM's choice. As in the installed command.
    static final String SERIAL = "-XX:+UseSerialGC";

    private OwnProcess() {}

    /// @throws IOException when the class path lacks the program: `sandbox/bench.sh` makes it whole
    static Child start(String program, List<String> options, String... arguments)
            throws IOException {
        String file = "/" + program.replace('.', '/') + ".class";
        if (OwnProcess.class.getResource(file) == null) {
            throw new IOException(program + " is not on the class path; start sandbox/bench.sh");
        }
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Djava.util.logging.config.class=none"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program));
        command.addAll(List.of(arguments));
        return Child.start(program.substring(program.lastIndexOf('.') + 1), Map.of(), command);
    }
}
