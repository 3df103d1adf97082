package dev.sfguard.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A file system of a few MiB in memory, mounted on a folder: one that really runs full.
record SmallDisk(Path folder) implements AutoCloseable {

    /// Skips the calling test where nothing can be mounted: it needs root, which CI has.
    static SmallDisk mount(Path folder, int mebibytes) throws Exception {
        Files.createDirectories(folder);
        var mount =
                run(
                        "mount",
                        "-t",
                        "tmpfs",
                        "-o",
                        "size=" + mebibytes + "m",
                        "sfguard-test",
                        folder);
        assumeTrue(
                mount.isEmpty(),
                "NOT TESTED: a really full disk. No small file system can be mounted here (needs"
                        + " root and the right to mount): "
                        + mount);
        return new SmallDisk(folder);
    }

    /// Takes what room there is left.
    void fill() throws IOException {
        byte[] block = new byte[4096];
        try (var out = Files.newOutputStream(filler())) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            if (Files.getFileStore(folder).getUsableSpace() >= block.length) {
                throw full;
            }
        }
    }

    void makeRoom() throws IOException {
        Files.delete(filler());
    }

    private Path filler() {
        return folder.resolve("filler");
    }

    @Override
    public void close() throws Exception {
        String failed = run("umount", folder);
        if (!failed.isEmpty()) {
            throw new IOException(failed);
        }
    }

    /// @return what it said when it failed
    private static String run(Object... words) throws Exception {
        var command = List.of(words).stream().map(Object::toString).toList();
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor(10, TimeUnit.SECONDS);
            return process.exitValue() == 0 ? "" : "failed: " + said.strip();
        } catch (IOException absent) {
            return "failed: " + absent.getMessage();
        }
    }
}
