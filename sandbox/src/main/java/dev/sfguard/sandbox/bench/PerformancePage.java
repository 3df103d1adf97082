package dev.sfguard.sandbox.bench;

/// The text of `docs/performance.md` around a run's table.
final class PerformancePage {
    private PerformancePage() {}

    static String of(String table) {
        return """
        # Performance

        Measured by one command against a scripted Snowflake that answers as fast as it can, so that \
        the gateway and not a database is timed. Quote the ratios: the absolute times are one \
        machine's.

        ```sh
        ./install.sh && sandbox/bench.sh          # about 25 minutes; writes this page
        sandbox/bench.sh --quick                  # shorter samples, about ten minutes
        sandbox/bench.sh --only one-row,journal   # parts of it: prints the table, writes nothing
        ```

        """
                + table
                + """

        How to read it:

        - Load generator, upstream, agent and gateway share this machine's cores, over loopback.
        - Targets take turns in one run, A B A B; a figure is the median of the turns. No query text \
        comes twice.
        - *relay* only copies bytes, *nginx* is a plain proxy: neither decides nor records anything. \
        They and `ssh -L` are measured where they are installed (Debian: nginx-light, openssh-server).
        - *raw tunnel* is sfguard's own listener, SSH and channels with nothing behind them that \
        reads the bytes.
        - *in memory* means that recordings lie on tmpfs, *durable* that they lie on the disk.
        - *peak memory* is what the processes held at most while the row was measured (VmHWM, reset \
        before it).
        """;
    }
}
