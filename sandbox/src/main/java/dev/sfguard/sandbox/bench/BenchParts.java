package dev.sfguard.sandbox.bench;

import dev.sfguard.sandbox.bench.LargeResultBench.Comparison;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Which targets and goals make each part of the table.
record BenchParts(BenchOptions options, BenchWorld world, BenchRun run) {
    private static final int RECORDING_MEBIBYTES = 1024;

    void all() throws IOException {
        run.part("one-row", this::oneRow);
        run.part("logins", this::logins);
        run.part("tunnel", this::tunnel);
        run.part("front", this::front);
        run.part("idle", () -> new IdleTunnelsBench(world.inMemory().guard(), report()).run());
        run.part("decisions", () -> printed(OwnProcess.COMPONENTS, "decisions"));
        run.part("journal", this::journal);
        run.part("seek", this::seek);
        run.part("start-up", this::startUp);
    }

    private Report report() {
        return run.report();
    }

    private void oneRow() throws IOException {
        var targets = new ArrayList<>(List.of(world.direct(), world.relay()));
        world.nginx(report()).ifPresent(targets::add);
        targets.add(world.inMemory().tunnel());
        targets.add(world.onDisk().tunnel().beside());
        new OneRowBench(targets, options.rounds(), report()).run();
    }

    private void logins() throws IOException {
        var targets = List.of(world.direct(), world.inMemory().tunnel());
        new LoginBench(targets, options.rounds(), report()).run();
    }

    private void tunnel() throws IOException {
        var raw = world.rawTunnel();
        var sfguard = world.inMemory().tunnel();
        var comparisons = new ArrayList<Comparison>();
        comparisons.add(new Comparison(sfguard, raw, "≥ 90 %"));
        world.openSsh(report())
                .ifPresent(ssh -> comparisons.add(new Comparison(raw, ssh, "≥ 100 %")));
        comparisons.add(new Comparison(sfguard, world.direct(), ""));
        large(comparisons, "");
        // What does not read the chunks carries them packed.
        new LargeResultBench(comparisons, options.rounds(), report())
                .run("result in gzipped chunks", "gzipped_" + options.mebibytes() + "mb");
    }

    private void front() throws IOException {
        var directTls = world.directTls();
        var past = world.inMemory().guard().front("HTTPS front");
        var recorded = world.onDisk().guard().front("HTTPS front");
        large(List.of(new Comparison(past, directTls, "≥ 80 %")), ", past the recording cap");
        large(List.of(new Comparison(recorded, directTls, "≥ 50 %")), ", recorded on the disk");
    }

    private void large(List<Comparison> comparisons, String how) throws IOException {
        var bench = new LargeResultBench(comparisons, options.rounds(), report());
        String size = "_" + options.mebibytes() + "mb";
        bench.run("result in one reply" + how, "inline" + size);
        bench.run("result in chunks" + how, "chunked" + size);
    }

    private void journal() throws IOException {
        String seconds = String.valueOf(options.journal().toSeconds());
        printed(OwnProcess.COMPONENTS, "journal", seconds, world.disk().toString());
    }

    private void seek() throws IOException {
        String folder = world.disk().resolve("seek").toString();
        String mebibytes = String.valueOf(RECORDING_MEBIBYTES);
        printed(OwnProcess.LONG_RECORDING, mebibytes, folder);
        printed(OwnProcess.SEEK, folder, mebibytes);
    }

    private void printed(String program, String... arguments) throws IOException {
        new PrintedRows(report()).of(program, arguments);
    }

    private void startUp() throws IOException {
        var guard = world.inMemory().guard();
        // An agent that serves one command alone answers no other command.
        guard.detachAgent();
        try {
            var agent = new StartUpBench(guard.environment(), options.startUps(), report());
            agent.run("`sfguard --version`", "≤ 15 ms", command("--version"));
            agent.run("`sfguard sessions`, agent running", "≤ 200 ms", command("sessions"));
            new StartUpBench(guard.environmentWithoutAgent(), options.startUps(), report())
                    .run("`sfguard sessions`, no agent", "≤ 550 ms", command("sessions"));
            agent.run(
                    "`sfguard exec` of one row, agent running",
                    "≤ 700 ms",
                    command("exec", "bench", "-q", "select 1"));
        } finally {
            guard.stopAgent();
        }
    }

    private List<String> command(String... arguments) {
        return Stream.concat(options.sfguard().stream(), Stream.of(arguments)).toList();
    }
}
