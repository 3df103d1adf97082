package dev.sfguard.gateway.masking;

import java.util.Arrays;

/// Bytes that grow at their end, and whose array may be looked at without a copy.
final class OutputBytes {
    /// A cell may be as large as it likes; what it needed is not kept for the small ones after it.
    private static final int KEPT = 1 << 20;

    private byte[] array;
    private int size;

    OutputBytes(int capacity) {
        array = new byte[capacity];
    }

    byte[] array() {
        return array;
    }

    int size() {
        return size;
    }

    void clear() {
        size = 0;
        if (array.length > KEPT) {
            array = new byte[KEPT / 16];
        }
    }

    void cutTo(int length) {
        size = length;
    }

    void add(int b) {
        if (size == array.length) {
            grow(1);
        }
        array[size++] = (byte) b;
    }

    void add(byte[] bytes) {
        add(bytes, 0, bytes.length);
    }

    void add(byte[] bytes, int from, int to) {
        int length = to - from;
        if (length > array.length - size) {
            grow(length);
        }
        System.arraycopy(bytes, from, array, size, length);
        size += length;
    }

    private void grow(int more) {
        array = Arrays.copyOf(array, Math.max(Math.addExact(size, more), size + (size >> 1) + 64));
    }
}
