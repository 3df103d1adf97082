package dev.sfguard.sandbox.bench;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/// The little of a query-request that the script looks at; found by searching, not by parsing.
///
/// @param sql the statement, with JSON's escapes of quotes undone
record QueryText(String sql, boolean describeOnly) {
    /// How a result is delivered.
    enum Shape {
        INLINE,
        CHUNKED,
        GZIPPED
    }

    /// A result that a statement asks for by the name of its table: `select * from chunked_64mb`.
    record Large(Shape shape, int mebibytes) {}

    private static final int MAX_BODY = 8 * 1024 * 1024;
    private static final String SQL_KEY = "\"sqlText\"";
    private static final Pattern LARGE =
            Pattern.compile("(inline|chunked|gzipped)_(\\d{1,4})mb", Pattern.CASE_INSENSITIVE);
    private static final Pattern USE_ROLE =
            Pattern.compile("\\s*use\\s+role\\s+\"?([^\"\\s;]+)", Pattern.CASE_INSENSITIVE);

    static QueryText read(byte[] body) throws IOException {
        byte[] plain = body;
        if (body.length > 1 && body[0] == 0x1f && (body[1] & 0xff) == 0x8b) {
            try (var gzip = new GZIPInputStream(new ByteArrayInputStream(body))) {
                plain = gzip.readNBytes(MAX_BODY);
            }
        }
        String json = new String(plain, StandardCharsets.UTF_8);
        return new QueryText(sqlText(json), json.contains("\"describeOnly\":true"));
    }

    String firstWord() {
        String text = sql.stripLeading();
        int end = 0;
        while (end < text.length() && Character.isLetter(text.charAt(end))) {
            end++;
        }
        return text.substring(0, end).toUpperCase(Locale.ROOT);
    }

    /// The role that the statement changes to, or nothing.
    Optional<String> role() {
        var matcher = USE_ROLE.matcher(sql);
        return matcher.lookingAt() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    Optional<Large> large() {
        var matcher = LARGE.matcher(sql);
        if (!matcher.find()) {
            return Optional.empty();
        }
        var shape = Shape.valueOf(matcher.group(1).toUpperCase(Locale.ROOT));
        int mebibytes = Integer.parseInt(matcher.group(2));
        return mebibytes == 0 ? Optional.empty() : Optional.of(new Large(shape, mebibytes));
    }

    private static String sqlText(String json) throws IOException {
        int key = json.indexOf(SQL_KEY);
        int start = key < 0 ? -1 : json.indexOf('"', key + SQL_KEY.length());
        if (start < 0) {
            throw new IOException("no sqlText in the query");
        }
        var sql = new StringBuilder();
        for (int i = start + 1; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c == '"') {
                return sql.toString();
            }
            if (c == '\\' && i + 1 < json.length()) {
                i++;
                char escaped = json.charAt(i);
                sql.append(escaped == 'n' || escaped == 't' ? ' ' : escaped);
            } else {
                sql.append(c);
            }
        }
        throw new IOException("sqlText does not end");
    }
}
