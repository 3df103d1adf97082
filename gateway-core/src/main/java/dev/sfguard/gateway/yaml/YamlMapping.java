package dev.sfguard.gateway.yaml;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Keys and values of one mapping. Each accessor marks its key as known and notes a problem
/// where the value is missing or of another kind; it then returns something harmless, so that
/// reading goes on and all problems come out at once. {@link #finish()} reports the keys that
/// nobody asked for.
public final class YamlMapping {
    private static final Pattern WHOLE_NUMBER = Pattern.compile("[0-9]{1,18}");

    private final YamlSource source;
    private final Place place;
    private final String name;
    private final Map<String, Node.Entry> entries = new LinkedHashMap<>();
    private final Set<String> known = new HashSet<>();

    /// @param name how problems call this mapping
    YamlMapping(YamlSource source, Node.Entries node, String name) {
        this.source = source;
        this.place = node.place();
        this.name = name;
        node.entries().forEach(entry -> entries.putIfAbsent(entry.key().text(), entry));
    }

    public Place place() {
        return place;
    }

    /// In the file's order.
    public List<YamlText> keys() {
        return entries.values().stream()
                .map(entry -> new YamlText(entry.key().text(), entry.key().place()))
                .toList();
    }

    public boolean has(String key) {
        return entries.containsKey(key);
    }

    /// Where the key's value stands; the mapping itself when the key is absent.
    public Place placeOf(String key) {
        var entry = entries.get(key);
        return entry == null ? place : entry.value().place();
    }

    /// A required text; empty, with a problem noted, when it is missing.
    public String text(String key) {
        return optionalText(key).orElseGet(() -> missing(key));
    }

    public String text(String key, String otherwise) {
        return optionalText(key).orElse(otherwise);
    }

    public Optional<String> optionalText(String key) {
        return placedText(key).map(YamlText::value);
    }

    public Optional<YamlText> placedText(String key) {
        return value(key).flatMap(node -> scalar(node, key));
    }

    /// A text that may be a plain `null`, which YAML takes for nothing.
    public Optional<YamlText> placedWord(String key) {
        return value(key)
                .flatMap(
                        node ->
                                node instanceof Node.Scalar scalar && !scalar.text().isEmpty()
                                        ? Optional.of(new YamlText(scalar.text(), scalar.place()))
                                        : scalar(node, key));
    }

    /// Where a place inside a value's text stands in the file; the value itself where the file
    /// spells the text in another way, by escapes or folded lines.
    ///
    /// @param line of the text, from 1
    /// @param column in it, from 0, in code points
    public Place placeIn(String key, int line, int column) {
        var start = placeOf(key);
        return value(key)
                .filter(Node.Scalar.class::isInstance)
                .map(node -> ((Node.Scalar) node).text())
                .flatMap(text -> text.lines().skip(Math.max(0, line - 1)).findFirst())
                .flatMap(wanted -> source.find(wanted, start))
                .map(found -> new Place(found.line(), found.column() + column))
                .orElse(start);
    }

    /// A problem that is not noted, for checks that come later than reading.
    public Problem later(Place where, String message) {
        return source.at(where, message);
    }

    /// One text, or a list of texts; empty when the key is absent. An empty list is a
    /// problem: it says nothing, and what it was meant to say cannot be known.
    public List<YamlText> texts(String key) {
        var node = value(key);
        if (node.isEmpty()) {
            return List.of();
        }
        var items = node.get() instanceof Node.Items list ? list.items() : List.of(node.get());
        if (items.isEmpty()) {
            source.problem(node.get().place(), "\"%s\" is an empty list".formatted(key));
        }
        return items.stream().flatMap(item -> scalar(item, key).stream()).toList();
    }

    public Set<String> textSet(String key) {
        return texts(key).stream().map(YamlText::value).collect(Collectors.toUnmodifiableSet());
    }

    public Optional<Boolean> optionalTruth(String key) {
        return converted(key, "true or false", YamlMapping::truth);
    }

    public boolean truth(String key, boolean otherwise) {
        return optionalTruth(key).orElse(otherwise);
    }

    private static Optional<Boolean> truth(String text) {
        return switch (text) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    /// A whole number from `least` to `most`.
    public Optional<Long> optionalNumber(String key, long least, long most) {
        return converted(
                key,
                "a whole number from %d to %d".formatted(least, most),
                text -> number(text).filter(n -> n >= least && n <= most));
    }

    public long number(String key, long otherwise, long least, long most) {
        return optionalNumber(key, least, most).orElse(otherwise);
    }

    private static Optional<Long> number(String text) {
        return WHOLE_NUMBER.matcher(text).matches()
                ? Optional.of(Long.parseLong(text))
                : Optional.empty();
    }

    /// `90s`, `30m`, `12h`, `400d`.
    public Optional<Duration> optionalDuration(String key) {
        return converted(key, "a duration such as 90s, 30m, 12h or 400d", Quantities::duration);
    }

    /// Bytes: `512KiB`, `64MiB`, `1GiB`, or a plain number.
    public Optional<Long> optionalSize(String key) {
        return converted(key, "a size such as 512KiB, 64MiB or 1GiB", Quantities::size);
    }

    /// One of the constants, written in lower case with `_`, as in `allow`.
    public <E extends Enum<E>> Optional<E> optionalChoice(String key, Class<E> choices) {
        var names =
                Arrays.stream(choices.getEnumConstants())
                        .map(choice -> choice.name().toLowerCase(Locale.ROOT))
                        .toList();
        return converted(
                key,
                String.join(" or ", names),
                text ->
                        names.contains(text)
                                ? Optional.of(Enum.valueOf(choices, text.toUpperCase(Locale.ROOT)))
                                : Optional.empty());
    }

    /// Reads the text by `read`; a problem says what was `expected` where that gives nothing.
    public <T> Optional<T> converted(
            String key, String expected, Function<String, Optional<T>> read) {
        var text = placedText(key);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        var value = read.apply(text.get().value());
        if (value.isEmpty()) {
            problem(
                    text.get().place(),
                    "\"%s\" must be %s, not \"%s\"".formatted(key, expected, text.get().value()));
        }
        return value;
    }

    /// A required mapping; an empty one, with a problem noted, when it is missing.
    public YamlMapping mapping(String key) {
        return optionalMapping(key)
                .orElseGet(
                        () -> {
                            missing(key);
                            return empty(key);
                        });
    }

    public Optional<YamlMapping> optionalMapping(String key) {
        return value(key).flatMap(node -> asMapping(node, '"' + key + '"'));
    }

    /// A list of mappings; empty when the key is absent.
    public List<YamlMapping> list(String key) {
        var node = value(key);
        if (node.isEmpty()) {
            return List.of();
        }
        if (!(node.get() instanceof Node.Items list)) {
            problem(node.get().place(), expected(key, "a list", node.get()));
            return List.of();
        }
        var mappings = new ArrayList<YamlMapping>();
        for (var item : list.items()) {
            asMapping(item, "an entry of \"" + key + '"').ifPresent(mappings::add);
        }
        return List.copyOf(mappings);
    }

    /// Every entry as a mapping under its name, in the file's order: for keys that the writer
    /// picks.
    public Map<String, YamlMapping> named() {
        var mappings = new LinkedHashMap<String, YamlMapping>();
        for (String key : entries.keySet()) {
            optionalMapping(key).ifPresent(mapping -> mappings.put(key, mapping));
        }
        return mappings;
    }

    public void problem(Place where, String message) {
        source.problem(where, message);
    }

    /// A problem with the key's value.
    public void problem(String key, String message) {
        source.problem(placeOf(key), message);
    }

    /// Reports every key that no accessor asked for, with the name that may have been meant.
    public void finish() {
        for (var key : keys()) {
            if (!known.contains(key.value())) {
                problem(
                        key.place(),
                        "unknown key \"%s\" in %s%s"
                                .formatted(key.value(), name, Suggestion.of(key.value(), known)));
            }
        }
    }

    private Optional<Node> value(String key) {
        known.add(key);
        return Optional.ofNullable(entries.get(key)).map(Node.Entry::value);
    }

    private Optional<YamlText> scalar(Node node, String key) {
        if (node instanceof Node.Scalar scalar && !scalar.isNothing()) {
            return Optional.of(new YamlText(scalar.text(), scalar.place()));
        }
        problem(node.place(), expected(key, "a text", node));
        return Optional.empty();
    }

    private Optional<YamlMapping> asMapping(Node node, String itsName) {
        if (node instanceof Node.Entries found) {
            return Optional.of(new YamlMapping(source, found, itsName));
        }
        problem(
                node.place(),
                "%s must be a mapping of keys and values, not %s"
                        .formatted(itsName, node.describe()));
        return Optional.empty();
    }

    private static String expected(String key, String what, Node found) {
        return "\"%s\" must be %s, not %s".formatted(key, what, found.describe());
    }

    private String missing(String key) {
        // A value of the wrong kind has its problem already.
        if (!has(key)) {
            problem(place, "the key \"%s\" is missing in %s".formatted(key, name));
        }
        return "";
    }

    private YamlMapping empty(String key) {
        return new YamlMapping(source, new Node.Entries(List.of(), placeOf(key)), '"' + key + '"');
    }
}
