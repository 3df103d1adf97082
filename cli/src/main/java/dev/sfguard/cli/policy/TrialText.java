package dev.sfguard.cli.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// A trial as people read it, from its JSON: so that a gateway's and our own look the same.
final class TrialText {
    private final StringBuilder text = new StringBuilder();

    private TrialText() {}

    static String of(JsonNode trial) {
        var text = new TrialText();
        text.where(trial);
        var statements = trial.path("statements");
        if (statements.size() > 1) {
            text.line(
                    "verdict",
                    "%s by %s: the strictest of %d statements"
                            .formatted(
                                    word(trial, "verdict"),
                                    word(trial, "rule"),
                                    statements.size()));
        }
        int number = 0;
        for (var statement : statements) {
            number++;
            if (statements.size() > 1) {
                text.text.append("\n#").append(number).append('\n');
            }
            text.statement(statement);
        }
        return text.text.toString();
    }

    /// What only a gateway tells: who asks there, of which policy.
    private void where(JsonNode trial) {
        if (trial.has("user")) {
            line(
                    "asker",
                    "%s (%s) on %s"
                            .formatted(
                                    word(trial, "user"),
                                    joined(trial.path("groups"), ", "),
                                    word(trial, "connection")));
        }
        if (trial.has("policy")) {
            line("policy", "version " + shortened(word(trial, "policy")) + ", of the gateway");
        }
    }

    private static String shortened(String version) {
        return version.length() > 12 ? version.substring(0, 12) : version;
    }

    private void statement(JsonNode it) {
        line("statement", word(it, "text"));
        if (it.has("unreadable")) {
            line("class", "unreadable: " + word(it, "unreadable"));
        } else {
            line("class", joined(it.path("classes"), " "));
            line(
                    "effects",
                    it.path("effects").isEmpty() ? "none" : joined(it.path("effects"), " "));
            objects(it);
        }
        line(
                "role",
                it.path("role").isNull() ? "none: the connection is closed" : word(it, "role"));
        rules(it.path("rules"));
        line("verdict", word(it, "verdict") + " by " + word(it, "rule"));
        if (!it.path("message").isNull()) {
            line("message", word(it, "message"));
        }
        line("masked", it.path("masked").isEmpty() ? "nothing" : joined(it.path("masked"), ", "));
        line("sent", sent(it));
        if (!it.path("columns").isEmpty()) {
            line("columns", LineageText.of(it.path("columns")));
        }
    }

    private static String sent(JsonNode it) {
        if (it.has("withheld")) {
            return "not shown: " + word(it, "withheld");
        }
        return it.path("sql").isNull() ? "nothing" : word(it, "sql");
    }

    private void objects(JsonNode it) {
        if (it.has("objects_unknown")) {
            line("objects", "not known: " + word(it, "objects_unknown"));
            return;
        }
        var objects = it.path("objects");
        line(
                "objects",
                objects.isEmpty()
                        ? "none"
                        : objects.valueStream()
                                .map(TrialText::access)
                                .collect(Collectors.joining("\n")));
    }

    private static String access(JsonNode access) {
        var columns = new TreeSet<String>();
        access.path("columns").forEach(column -> columns.add(column.asText()));
        String shown =
                access.path("every_column").asBoolean()
                        ? " (every column)"
                        : columns.isEmpty() ? "" : " (" + String.join(", ", columns) + ")";
        return word(access, "mode") + " " + word(access, "object") + shown;
    }

    private void rules(JsonNode rules) {
        line(
                "rules",
                rules.isEmpty()
                        ? "none was asked"
                        : rules.valueStream()
                                .map(TrialText::rule)
                                .collect(Collectors.joining("\n")));
    }

    private static String rule(JsonNode rule) {
        return "%s (line %s, %s): %s"
                .formatted(
                        word(rule, "rule"),
                        word(rule, "line"),
                        word(rule, "effect"),
                        word(rule, "why"));
    }

    private static String word(JsonNode node, String key) {
        return node.path(key).asText();
    }

    private static String joined(JsonNode array, String between) {
        return array.valueStream().map(JsonNode::asText).collect(Collectors.joining(between));
    }

    private void line(String name, String value) {
        String indented = value.lines().collect(Collectors.joining("\n           "));
        text.append("%-9s  %s\n".formatted(name, indented));
    }
}
