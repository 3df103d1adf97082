package dev.sfguard.sandbox.bench;

/// What the processes behind a target hold in memory at most, while something is measured.
interface Footprint {
    /// Of a target whose memory is not ours to tell.
    Footprint NONE =
            new Footprint() {
                @Override
                public void reset() {}

                @Override
                public String peak() {
                    return "";
                }
            };

    /// Forgets what was held before.
    void reset();

    /// The most since the last reset, such as `gateway 212 MiB, agent 98 MiB`.
    String peak();
}
