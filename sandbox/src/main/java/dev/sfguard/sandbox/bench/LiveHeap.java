package dev.sfguard.sandbox.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/// What a JVM's heap holds after a full collection.
final class LiveHeap {
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

    private LiveHeap() {}

    /// In bytes. Of another process only: one that waits for `jcmd` and stands still for it never
    /// ends.
    static long of(long pid) throws IOException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        var command = List.of(jcmd, String.valueOf(pid), "GC.class_histogram");
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        byte[] said = process.getInputStream().readAllBytes();
        return total(new String(said, StandardCharsets.UTF_8));
    }

    /// The last line of a class histogram.
    static long total(String histogram) throws IOException {
        var matcher = TOTAL.matcher(histogram);
        if (!matcher.find()) {
            int shown = Math.min(300, histogram.length());
            throw new IOException("jcmd gave no histogram: " + histogram.substring(0, shown));
        }
        return Long.parseLong(matcher.group(1));
    }
}
