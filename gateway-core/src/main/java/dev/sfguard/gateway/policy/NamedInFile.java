package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.sql.ObjectName;
import dev.sfguard.gateway.yaml.Problem;
import dev.sfguard.gateway.yaml.Suggestion;
import dev.sfguard.gateway.yaml.YamlMapping;
import dev.sfguard.gateway.yaml.YamlText;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// A name in the file that a catalog can know better.
///
/// @param object its object, when every part is exact
/// @param column empty where an object alone is named
/// @param at makes the problem at its place
record NamedInFile(ObjectName object, Optional<NamePattern> column, Function<String, Problem> at) {

    static void ofMatch(YamlMapping match, List<NamedInFile> named) {
        Stream.of("reads", "writes", "ddl")
                .flatMap(key -> match.texts(key).stream())
                .forEach(
                        text ->
                                ObjectPattern.of(text.value())
                                        .flatMap(it -> of(match, text, it, Optional.empty()))
                                        .ifPresent(named::add));
        columns(match, "columns").forEach(named::add);
    }

    static Stream<NamedInFile> columns(YamlMapping mapping, String key) {
        return mapping.texts(key).stream()
                .flatMap(
                        text ->
                                ColumnPattern.of(text.value())
                                        .flatMap(
                                                it ->
                                                        of(
                                                                mapping,
                                                                text,
                                                                it.object(),
                                                                Optional.of(it.column())))
                                        .stream());
    }

    private static Optional<NamedInFile> of(
            YamlMapping mapping,
            YamlText text,
            ObjectPattern pattern,
            Optional<NamePattern> column) {
        return pattern.isExact()
                ? Optional.of(
                        new NamedInFile(
                                new ObjectName(
                                        pattern.database().text(),
                                        pattern.schema().text(),
                                        pattern.name().text()),
                                column,
                                message -> mapping.later(text.place(), message)))
                : Optional.empty();
    }

    Optional<Problem> problem(Catalog catalog) {
        var relation = catalog.find(object);
        if (relation.isEmpty()) {
            return catalog.databases().contains(object.database())
                    ? Optional.of(at.apply("unknown table or view " + object + near(catalog)))
                    : Optional.empty();
        }
        var columns = relation.get().columns().stream().map(Catalog.Column::name).toList();
        return column.filter(it -> !columns.isEmpty() && columns.stream().noneMatch(it::matches))
                .map(
                        it ->
                                at.apply(
                                        "%s has no column %s%s"
                                                .formatted(
                                                        object,
                                                        it,
                                                        Suggestion.of(it.text(), columns))));
    }

    private String near(Catalog catalog) {
        return Suggestion.of(
                object.toString(),
                catalog.relations().keySet().stream().map(ObjectName::toString).toList());
    }
}
