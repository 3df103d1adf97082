package dev.sfguard.gateway.sql;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Where a `@…` points.
final class StagePath {
    private StagePath() {}

    /// The table whose own stage it is, as in `@%t`, `@s.%t/a/b` and `@d.s."%t"`; null for any
    /// other stage.
    static @Nullable NameChain table(String path, int token) {
        int slash = path.indexOf('/');
        String stage = path.substring(1, slash < 0 ? path.length() : slash);
        int percent = stage.indexOf('%');
        if (percent < 0) {
            return null;
        }
        String name = stage.substring(0, percent) + stage.substring(percent + 1);
        var chain = NameChain.inText(name, token, token + 1);
        return chain != null ? chain : loose(name, token);
    }

    /// No name that could be read: its last part at least is certain to be in it.
    private static NameChain loose(String name, int token) {
        var parts = List.of(name.replace("\"", "").toUpperCase(Locale.ROOT).split("\\.", 3));
        return new NameChain(parts, parts.stream().map(_ -> -1).toList(), token, token + 1);
    }
}
