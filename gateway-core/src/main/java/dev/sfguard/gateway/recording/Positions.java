package dev.sfguard.gateway.recording;

import java.util.Arrays;

/// Where a recording's unsealed lines stand in the journal, in order; eight bytes a line.
final class Positions {
    private long[] values = new long[16];
    private int size;

    void add(long position) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = position;
    }

    int size() {
        return size;
    }

    long first() {
        return get(0);
    }

    long get(int index) {
        if (index >= size) {
            throw new IndexOutOfBoundsException(index);
        }
        return values[index];
    }

    long[] slice(int from, int to) {
        return Arrays.copyOfRange(values, from, to);
    }

    void dropFirst(int count) {
        values = Arrays.copyOfRange(values, count, Math.max(size, count + 16));
        size -= count;
    }
}
