package dev.sfguard.sandbox.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;

/// Rows made once and sent often: 8,192 rows of 128 bytes, one MiB, with text that compresses about
/// as well as real rows do (some three to one), so that nobody wins by compressing our laziness.
final class CannedRows {
    static final int BYTES_PER_BLOCK = 1024 * 1024;
    static final int ROWS_PER_BLOCK = 8 * 1024;
    private static final int BYTES_PER_ROW = BYTES_PER_BLOCK / ROWS_PER_BLOCK;

    /// What {@link #block} holds, in the words of a result's `rowtype`.
    static final String ROW_TYPE =
            """
            [{"name":"ID","type":"fixed","precision":38,"scale":0,"length":null,"byteLength":null,\
            "nullable":false,"database":"BENCH","schema":"PUBLIC","table":"ROWS","collation":null},\
            {"name":"EMAIL","type":"text","precision":null,"scale":null,"length":64,\
            "byteLength":256,"nullable":true,"database":"BENCH","schema":"PUBLIC","table":"ROWS",\
            "collation":null},\
            {"name":"AMOUNT","type":"fixed","precision":12,"scale":2,"length":null,\
            "byteLength":null,"nullable":true,"database":"BENCH","schema":"PUBLIC","table":"ROWS",\
            "collation":null},\
            {"name":"NOTE","type":"text","precision":null,"scale":null,"length":128,\
            "byteLength":512,"nullable":true,"database":"BENCH","schema":"PUBLIC","table":"ROWS",\
            "collation":null}]""";

    private static final String[] WORDS = {
        "order", "parcel", "invoice", "late", "paid", "blue", "returned", "gift", "north", "express"
    };

    private static final byte[] BLOCK = makeBlock();
    private static final Map<Integer, byte[]> GZIPPED = new ConcurrentHashMap<>();

    private CannedRows() {}

    /// One MiB of rows with a comma after each, also after the last. Not to be changed.
    static byte[] block() {
        return BLOCK;
    }

    /// A chunk of so many MiB as Snowflake stores them: rows and commas, gzipped. Kept once made.
    static byte[] gzipped(int blocks) {
        return GZIPPED.computeIfAbsent(blocks, CannedRows::gzip);
    }

    private static byte[] gzip(int blocks) {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            for (int i = 1; i <= blocks; i++) {
                gzip.write(BLOCK, 0, i < blocks ? BLOCK.length : BLOCK.length - 1);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    private static byte[] makeBlock() {
        // The same rows in every run, so that runs compare.
        var random = new Random(20_261_123);
        byte[] block = new byte[BYTES_PER_BLOCK];
        for (int row = 0; row < ROWS_PER_BLOCK; row++) {
            byte[] text = makeRow(random, row).getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(text, 0, block, row * BYTES_PER_ROW, BYTES_PER_ROW);
        }
        return block;
    }

    private static String makeRow(Random random, int row) {
        String start =
                String.format(
                        Locale.ROOT,
                        "[\"%07d\",\"user%06d@shop.example\",\"%d.%02d\",\"",
                        row,
                        random.nextInt(1_000_000),
                        1_000 + random.nextInt(9_000),
                        random.nextInt(100));
        var note = new StringBuilder(start);
        while (note.length() < BYTES_PER_ROW) {
            note.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
        }
        note.setLength(BYTES_PER_ROW - 3);
        return note.append("\"],").toString();
    }
}
