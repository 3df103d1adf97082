package dev.sfguard.gateway.recording;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/// One file of the journal. It may go when the journal has moved on and every frame in it also
/// stands in a sealed part.
final class Segment {
    private static final String SUFFIX = ".journal";

    private final Path file;
    private final long start;
    private final AtomicLong unsealed = new AtomicLong();
    private final AtomicLong end;

    /// @param start the journal's position of the first byte; it names the file
    Segment(Path folder, long start) {
        this.start = start;
        this.end = new AtomicLong(start);
        this.file = folder.resolve("%019d%s".formatted(start, SUFFIX));
    }

    static boolean isSegment(Path file) {
        return file.getFileName().toString().matches("\\d{19}\\.journal");
    }

    static Segment of(Path file) {
        String name = file.getFileName().toString();
        return new Segment(
                Durably.folderOf(file),
                Long.parseLong(name.substring(0, name.length() - SUFFIX.length())));
    }

    Path file() {
        return file;
    }

    long start() {
        return start;
    }

    long end() {
        return end.get();
    }

    long size() {
        return end.get() - start;
    }

    void add(int frameLength) {
        unsealed.incrementAndGet();
        end.addAndGet(frameLength);
    }

    void release() {
        unsealed.decrementAndGet();
    }

    boolean isReleased() {
        return unsealed.get() == 0;
    }
}
