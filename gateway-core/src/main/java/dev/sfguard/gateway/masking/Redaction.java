package dev.sfguard.gateway.masking;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.gateway.masking.LiteralOwners.Names;
import dev.sfguard.gateway.masking.LiteralOwners.Owner;
import dev.sfguard.gateway.policy.ProtectedNames;
import dev.sfguard.gateway.sql.Highlights;
import dev.sfguard.gateway.sql.Highlights.Kind;
import dev.sfguard.gateway.sql.Highlights.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Makes what people wrote fit to be shown to others: statements, their binds, prompts and
/// messages. The SQL stays readable; what stands for a protected column, and what a detector finds,
/// does not. Where a statement touches something protected and a literal's column cannot be told,
/// the literal goes. One for each thread.
public final class Redaction {
    private static final String REDACTED = "<redacted>";
    private static final Pattern QUOTED = Pattern.compile("'[^'\n]*'|\"[^\"\n]*\"");
    private static final Pattern NO_NAME = Pattern.compile("[^\\p{L}\\p{N}_$]+");
    private static final Pattern FIGURE = Pattern.compile("\\b\\d[\\d.-]{2,}\\b");

    /// Shorter literals are parts of words, and only their quoted form is looked for.
    private static final int SHORTEST_ANYWHERE = 3;

    /// More literals of one statement are not looked for in its prompt and errors.
    private static final int MOST_HIDDEN = 1_000;

    private final ProtectedNames names;
    private final TextMasker detectors = new TextMasker(Detections.all());
    private final OutputBytes out = new OutputBytes(256);
    private final Map<String, Boolean> known = new HashMap<>();

    public Redaction(ProtectedNames names) {
        this.names = names;
    }

    /// A statement as it may be shown.
    ///
    /// @param hidden the content of the literals that are not
    /// @param touches whether it names something protected
    /// @param binds for each bind, in order, whether its value must not show
    public record Shown(String text, Set<String> hidden, boolean touches, List<Boolean> binds) {
        public Shown {
            hidden = Set.copyOf(hidden);
            binds = List.copyOf(binds);
        }
    }

    public Shown statement(String sql) {
        var spans = readable(Highlights.of(sql));
        var tokens = spans.stream().filter(span -> span.kind() != Kind.COMMENT).toList();
        var owners = new LiteralOwners(sql, tokens, this::isColumn).read();
        boolean touches = touches(sql, tokens);
        var hidden = new LinkedHashSet<String>();
        var binds = new ArrayList<Boolean>();
        var shown = new StringBuilder();
        int copied = 0;
        int token = 0;
        for (var span : spans) {
            boolean hides = false;
            if (span.kind() != Kind.COMMENT) {
                var owner = owners.get(token++);
                hides = owner == Owner.PROTECTED || (owner == Owner.UNKNOWN && touches);
            }
            if (Names.isBind(sql, span)) {
                binds.add(hides);
            }
            shown.append(sql, copied, span.start())
                    .append(piece(sql, span, hides, touches, hidden));
            copied = span.end();
        }
        shown.append(sql, copied, sql.length());
        return new Shown(prose(shown.toString(), hidden), hidden, touches, binds);
    }

    /// What stands before a doubtful place without being a token need not be a comment.
    private static List<Span> readable(List<Span> spans) {
        int last = spans.size() - 1;
        if (last < 1
                || spans.get(last).kind() != Kind.DOUBTFUL
                || spans.get(last - 1).kind() != Kind.COMMENT) {
            return spans;
        }
        var readable = new ArrayList<>(spans.subList(0, last - 1));
        readable.add(new Span(Kind.DOUBTFUL, spans.get(last - 1).start(), spans.get(last).end()));
        return readable;
    }

    private String piece(
            String sql, Span span, boolean hides, boolean touches, Set<String> hidden) {
        String written = sql.substring(span.start(), span.end());
        return switch (span.kind()) {
            case STRING -> {
                String content = Highlights.content(sql, span);
                if (hides) {
                    hide(content, hidden);
                    yield "'" + REDACTED + "'";
                }
                // Escapes hide from the look at the whole text what stands here.
                String seen = written.contains(content) ? content : detected(content);
                yield seen.equals(content) ? written : "'" + seen.replace("'", "''") + "'";
            }
            case NUMBER -> {
                if (hides) {
                    hide(written, hidden);
                }
                yield hides ? REDACTED : written;
            }
            case COMMENT -> touches ? withoutFigures(written) : written;
            case DOUBTFUL -> "<redacted: what follows cannot be read with certainty>";
            case WORD, QUOTED_NAME, VARIABLE, STAGE, OTHER -> written;
        };
    }

    private static void hide(String content, Set<String> hidden) {
        if (!content.isBlank() && hidden.size() < MOST_HIDDEN) {
            hidden.add(content);
        }
    }

    private static String withoutFigures(String text) {
        String unquoted = QUOTED.matcher(text).replaceAll("'" + REDACTED + "'");
        return FIGURE.matcher(unquoted).replaceAll(REDACTED);
    }

    private boolean isColumn(String name) {
        return known.computeIfAbsent(name, it -> names.isColumn(it) || Hints.of(it) != Hints.NONE);
    }

    private boolean touches(String sql, List<Span> tokens) {
        boolean insertsAnywhere = false;
        for (var span : tokens) {
            if (span.kind() == Kind.STRING && mentions(Highlights.content(sql, span))) {
                return true;
            }
            if (span.kind() == Kind.WORD || span.kind() == Kind.QUOTED_NAME) {
                String name = Names.fold(sql, span);
                if (isColumn(name) || names.isObject(name)) {
                    return true;
                }
                insertsAnywhere |= name.equals("INSERT") && names.anywhere();
            }
        }
        return insertsAnywhere;
    }

    /// A text of several words may be SQL, for EXECUTE IMMEDIATE or a procedure.
    private boolean mentions(String content) {
        if (content.indexOf(' ') < 0) {
            return false;
        }
        for (String word : NO_NAME.split(content, -1)) {
            String name = word.toUpperCase(Locale.ROOT);
            if (!word.isEmpty() && (isColumn(name) || names.isObject(name))) {
                return true;
            }
        }
        return false;
    }

    /// A text in words: a prompt, a message.
    ///
    /// @param hidden literals that do not show in it either
    public String prose(String text, Set<String> hidden) {
        String shown = text;
        for (String literal : hidden) {
            shown =
                    literal.length() >= SHORTEST_ANYWHERE
                            ? shown.replace(literal, REDACTED)
                            : shown.replace("'" + literal + "'", "'" + REDACTED + "'");
        }
        return detected(shown);
    }

    /// An error's text. Snowflake quotes data in some.
    public String message(String text, Shown statement) {
        String shown =
                statement.touches() ? QUOTED.matcher(text).replaceAll("'" + REDACTED + "'") : text;
        return prose(shown, statement.hidden());
    }

    private String detected(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        out.clear();
        var outcome = detectors.mask(bytes, 0, bytes.length, Hints.NONE, false, out);
        return switch (outcome) {
            case UNCHANGED -> text;
            case CHANGED -> new String(out.array(), 0, out.size(), UTF_8);
            case NULL -> REDACTED;
        };
    }

    /// The bindings of a request.
    public JsonNode binds(JsonNode binds, Shown statement) {
        if (!binds.isObject()) {
            return values(binds, statement.touches(), statement);
        }
        // Another number of values than of places: which is whose cannot be told.
        boolean told = binds.size() == statement.binds().size();
        var shown = JsonNodeFactory.instance.objectNode();
        int position = 0;
        for (var bind : binds.properties()) {
            int place = position(bind.getKey(), position);
            boolean hides =
                    (told && place < binds.size())
                            ? statement.binds().get(place)
                            : statement.touches();
            shown.set(bind.getKey(), bind(bind.getValue(), hides, statement));
            position++;
        }
        return shown;
    }

    private static int position(String name, int otherwise) {
        return name.matches("[1-9][0-9]{0,5}") ? Integer.parseInt(name) - 1 : otherwise;
    }

    private JsonNode bind(JsonNode bind, boolean hides, Shown statement) {
        if (!(bind instanceof ObjectNode object)) {
            return values(bind, hides, statement);
        }
        var shown = JsonNodeFactory.instance.objectNode();
        for (var member : object.properties()) {
            boolean type = member.getKey().equals("type") || member.getKey().equals("fmt");
            shown.set(
                    member.getKey(),
                    type ? member.getValue() : values(member.getValue(), hides, statement));
        }
        return shown;
    }

    private JsonNode values(JsonNode value, boolean hides, Shown statement) {
        return switch (value) {
            case ObjectNode object -> {
                var shown = JsonNodeFactory.instance.objectNode();
                object.properties()
                        .forEach(
                                it ->
                                        shown.set(
                                                it.getKey(),
                                                values(it.getValue(), hides, statement)));
                yield shown;
            }
            case ArrayNode array -> {
                var shown = JsonNodeFactory.instance.arrayNode();
                array.forEach(it -> shown.add(values(it, hides, statement)));
                yield shown;
            }
            default -> {
                if (value.isNull() || value.isBoolean()) {
                    yield value;
                }
                String text = value.asText();
                String seen = hides ? REDACTED : prose(text, statement.hidden());
                yield seen.equals(text) ? value : JsonNodeFactory.instance.textNode(seen);
            }
        };
    }
}
