package dev.sfguard.sandbox.issuer;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// One form of an issuer's page, read well enough to submit it: not HTML at large.
///
/// @param action where it goes; empty means the page's own address
record HtmlForm(Optional<String> action, boolean post, List<Field> fields) {
    /// An input or a button, as it stands in the page.
    record Field(String name, String value, boolean button) {}

    private static final Pattern FORM =
            Pattern.compile("<form([^>]*)>(.*?)</form>", Pattern.DOTALL | Pattern.CASE_INSENSITIVE);
    private static final Pattern FIELD =
            Pattern.compile("<(input|button)([^>]*)>", Pattern.CASE_INSENSITIVE);

    /// Buttons that end a login, by their names or values at several issuers.
    private static final Set<String> REFUSALS = Set.of("deny", "cancel", "abort", "refuse");

    HtmlForm {
        fields = List.copyOf(fields);
    }

    /// The page's first form that goes forward.
    static Optional<HtmlForm> find(String html) {
        return FORM.matcher(html)
                .results()
                .map(match -> parse(html, match.group(1), match.group(2)))
                .filter(form -> form.fields().stream().anyMatch(field -> !isRefusal(field)))
                .findFirst();
    }

    /// The form's body with the answers typed in. As in a browser, one button counts: the first, or
    /// the one that refuses.
    String filled(Map<String, String> answers, boolean refuse) {
        var pairs = new ArrayList<String>();
        boolean pressed = false;
        for (Field field : fields) {
            if (field.button()) {
                if (pressed || isRefusal(field) != refuse) {
                    continue;
                }
                pressed = true;
            }
            if (!field.name().isEmpty()) {
                String value = answers.getOrDefault(field.name(), field.value());
                pairs.add(encode(field.name()) + "=" + encode(value));
            }
        }
        return String.join("&", pairs);
    }

    boolean canRefuse() {
        return fields.stream().anyMatch(HtmlForm::isRefusal);
    }

    /// What a person reads on a page, on one line.
    static String visibleText(String html) {
        String text =
                html.replaceAll("(?is)<(style|script|head).*?</\\1>", " ")
                        .replaceAll("<[^>]+>", " ")
                        .replaceAll("\\s+", " ")
                        .strip();
        return text.length() <= 200 ? text : text.substring(0, 200) + "...";
    }

    private static HtmlForm parse(String html, String attributes, String body) {
        var fields = new ArrayList<Field>();
        collect(body, tag -> true, fields);
        // A button may stand elsewhere on the page and name its form.
        attribute(attributes, "id")
                .ifPresent(
                        id ->
                                collect(
                                        html,
                                        tag -> attribute(tag, "form").equals(Optional.of(id)),
                                        fields));
        boolean post = attribute(attributes, "method").orElse("get").equalsIgnoreCase("post");
        return new HtmlForm(attribute(attributes, "action"), post, fields);
    }

    private static void collect(String html, Predicate<String> wanted, List<Field> fields) {
        var matcher = FIELD.matcher(html);
        while (matcher.find()) {
            String tag = matcher.group(2);
            if (!wanted.test(tag)) {
                continue;
            }
            boolean button =
                    matcher.group(1).equalsIgnoreCase("button")
                            || attribute(tag, "type").orElse("").equalsIgnoreCase("submit");
            fields.add(
                    new Field(
                            attribute(tag, "name").orElse(""),
                            attribute(tag, "value").orElse(""),
                            button));
        }
    }

    private static boolean isRefusal(Field field) {
        return REFUSALS.contains(field.name()) || REFUSALS.contains(field.value());
    }

    private static Optional<String> attribute(String tag, String name) {
        var matcher =
                Pattern.compile("(?i)(?<![\\w-])" + name + "\\s*=\\s*(?:\"([^\"]*)\"|([^\\s\">]+))")
                        .matcher(tag);
        if (!matcher.find()) {
            return Optional.empty();
        }
        String quoted = matcher.group(1);
        return Optional.of((quoted != null ? quoted : matcher.group(2)).replace("&amp;", "&"));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
