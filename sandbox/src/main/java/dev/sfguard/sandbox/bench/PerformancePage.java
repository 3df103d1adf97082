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
        - *s of processor per GiB* is what the processes behind a result spent on it: other \
        programs' work does not show in it.

        ## What a large result costs
        Every byte of a result is hashed, whether its row is recorded or not: SHA-256 takes \
        0.60 s of processor per GiB on an AMD EPYC of 2024, finding the rows 0.35, reading from \
        and writing to sockets 0.7, TLS 0.2, unpacking gzip 1.6. Client and upstream take 1.0 \
        between them. A result at 80 % of direct TLS may take some 1.7 s of two cores in all, \
        so on two cores that all processes share that goal cannot be met while each byte is \
        hashed; with a core for each side reading, hashing and encrypting overlap. Recorded \
        rows are hashed twice, once for the result and once for the recording's chain, and are \
        sealed afterwards (2.8 s per GiB, mostly compression), which waits while more than 20 \
        MiB/s are being recorded and the journal is not half full. Parts that come \
        gzipped pass as they came where no detector looks at cells, and are unpacked for the \
        recording alone.

        ## Parts by themselves
        Plain loops, also JMH benchmarks for a machine that is otherwise idle; each after \
        `./mvnw -q -Pquick -pl gateway-core test-compile`:

        - `exec:java@lexer`: cutting a text into tokens.
        - `exec:java@analysis`: splitting, analysis and decision over the bypass corpus, \
        decision alone, rewriting alone; with the corpus of classes where `SFGUARD_SHARED` \
        points at it.
        - `exec:java@masking`: rows through every built-in detector, in processor time. The \
        goal is 150 MB/s on one core; 235 were measured.
        """;
    }
}
