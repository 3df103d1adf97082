package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.store.StoreFailed;
import dev.sfguard.gateway.store.UsageTable;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/// The meter of each identity that has been counted since the start: one, however many sessions it
/// has.
final class Meters implements AutoCloseable {
    private record Key(String issuer, String subject) {}

    private final UsageTable table;
    private final Clock clock;
    private final Map<Key, Meter> meters = new HashMap<>();

    Meters(UsageTable table, Clock clock) {
        this.table = table;
        this.clock = clock;
    }

    /// Whether it is acting as an agent makes no other of it.
    synchronized Meter of(Identity who) throws StoreFailed {
        var key = new Key(who.issuer(), who.subject());
        var known = meters.get(key);
        if (known != null) {
            return known;
        }
        var meter = new Meter(table, clock, who.issuer(), who.subject());
        meters.put(key, meter);
        return meter;
    }

    /// Makes the next start begin where this one ends. What fails is counted too high.
    @Override
    public synchronized void close() {
        for (var meter : meters.values()) {
            try {
                meter.settle();
            } catch (StoreFailed failed) {
                System.getLogger(Meters.class.getName())
                        .log(System.Logger.Level.WARNING, "counts stay too high", failed);
                return;
            }
        }
    }
}
