package dev.sfguard.cli.replay;

import java.time.Duration;
import java.util.Arrays;

/// When each event of a recording is shown, in microseconds from the first; and what it is, as far
/// as jumping needs to know. Some twenty bytes an event, so that an hour's pool session fits.
final class Timeline {

    /// What a player can jump to.
    enum Kind {
        ASKED,
        /// Or held for approval.
        BLOCKED,
        ROWS,
        OTHER
    }

    private final long idleLimit;
    private long[] playAt = new long[256];
    private int[] statements = new int[256];
    private Kind[] kinds = new Kind[256];
    private int size;
    private long lastAt;

    /// @param idleLimit longer pauses between two events are played as this long
    Timeline(Duration idleLimit) {
        this.idleLimit = idleLimit.toNanos() / 1_000;
    }

    /// @param at microseconds on any clock, never falling
    void add(long at, long statement, Kind kind) {
        if (size == playAt.length) {
            playAt = Arrays.copyOf(playAt, size * 2);
            statements = Arrays.copyOf(statements, size * 2);
            kinds = Arrays.copyOf(kinds, size * 2);
        }
        playAt[size] = size == 0 ? 0 : playAt[size - 1] + Math.min(at - lastAt, idleLimit);
        statements[size] = Math.toIntExact(statement);
        kinds[size] = kind;
        lastAt = at;
        size++;
    }

    int size() {
        return size;
    }

    long end() {
        return size == 0 ? 0 : playAt[size - 1];
    }

    long playAt(int event) {
        return playAt[event];
    }

    int statement(int event) {
        return statements[event];
    }

    Kind kind(int event) {
        return kinds[event];
    }

    /// How many events are shown at a time: those up to it.
    int shownAt(long time) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (playAt[middle] <= time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// The first event of this kind at or after the one given; -1 if there is none.
    int next(int from, Kind kind) {
        for (int i = Math.max(0, from); i < size; i++) {
            if (kinds[i] == kind) {
                return i;
            }
        }
        return -1;
    }

    /// The last event of this kind before the one given; -1 if there is none.
    int previous(int before, Kind kind) {
        for (int i = Math.min(before, size) - 1; i >= 0; i--) {
            if (kinds[i] == kind) {
                return i;
            }
        }
        return -1;
    }

    /// Where a statement is asked; -1 if it is not.
    int asked(long statement) {
        int at = next(0, Kind.ASKED);
        while (at >= 0 && statements[at] != statement) {
            at = next(at + 1, Kind.ASKED);
        }
        return at;
    }
}
