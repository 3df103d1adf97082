package dev.sfguard.sandbox.bench;

/// The text of `docs/performance.md` around a run's table.
final class PerformancePage {
    private PerformancePage() {}

    static String of(String table) {
        return """
        # Performance

        What sfguard costs, measured against a scripted upstream that answers as fast as it can, so
        that the gateway is measured and not a database. One command takes all figures and writes
        this page:

        ```
        ./install.sh
        sandbox/bench.sh
        ```

        It takes about half an hour (`--quick`: two minutes, for a look). `--only PART,...` runs
        parts, `--sfguard "COMMAND"` measures another sfguard than the installed one. nginx (Debian:
        nginx-light) and `ssh -L` (openssh-server) are measured beside it when they are installed.

        How to read it:

        - Load generator, upstream, agent and gateway share this machine's cores, over loopback. The
          absolute figures are pessimistic; the differences and ratios are what counts.
        - Targets take turns, A B A B, three turns of five seconds each after ten seconds of warm-up;
          a figure is the median of the turns.
        - No query text comes twice, so that nothing is answered from a cache.
        - *relay* only copies bytes, *nginx* is a plain proxy: neither decides nor records anything.
        - *in memory* means that recordings lie on tmpfs, where a flush to disk costs nothing.

        """
                + table;
    }
}
