package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.yaml.YamlMapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Reads lists of object and column patterns.
final class PatternReader {
    private PatternReader() {}

    static List<ObjectPattern> objects(YamlMapping mapping, String key) {
        return read(mapping, key, "DATABASE.SCHEMA.OBJECT", ObjectPattern::of);
    }

    static List<ColumnPattern> columns(YamlMapping mapping, String key) {
        return read(mapping, key, "DATABASE.SCHEMA.OBJECT.COLUMN", ColumnPattern::of);
    }

    private static <T> List<T> read(
            YamlMapping mapping, String key, String form, Function<String, Optional<T>> parse) {
        var patterns = new ArrayList<T>();
        for (var text : mapping.texts(key)) {
            parse.apply(text.value())
                    .ifPresentOrElse(
                            patterns::add,
                            () ->
                                    mapping.problem(
                                            text.place(),
                                            "\"%s\" must be %s, where * stands for any letters"
                                                    .formatted(text.value(), form)));
        }
        return patterns;
    }
}
