package dev.sfguard.cli.policy;

import dev.sfguard.gateway.policy.Explanation.Considered;
import dev.sfguard.gateway.proxy.Trial;
import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.ObjectAccess;
import dev.sfguard.gateway.sql.Objects;
import java.util.Collection;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// A trial as people read it.
final class TrialText {
    private final StringBuilder text = new StringBuilder();

    private TrialText() {}

    static String of(Trial trial) {
        var text = new TrialText();
        if (trial.parts().size() > 1) {
            text.line(
                    "verdict",
                    "%s by %s: the strictest of %d statements"
                            .formatted(
                                    trial.strictest().verdict(),
                                    trial.strictest().rule(),
                                    trial.parts().size()));
        }
        int number = 0;
        for (var part : trial.parts()) {
            number++;
            if (trial.parts().size() > 1) {
                text.text.append("\n#").append(number).append('\n');
            }
            text.part(part);
        }
        return text.text.toString();
    }

    private void part(Trial.Part part) {
        line("statement", part.text());
        analysis(part.analysis());
        line("role", part.role().orElse("none: the connection is closed"));
        rules(part.considered());
        line("verdict", part.verdict() + " by " + part.rule());
        if (!part.message().isEmpty()) {
            line("message", part.message());
        }
        line("masked", part.masked().isEmpty() ? "nothing" : String.join(", ", part.masked()));
        line("sent", part.sql().orElse("nothing"));
        if (!part.columns().isEmpty()) {
            line("columns", LineageText.of(part.columns()));
        }
    }

    private void analysis(Analysis analysis) {
        switch (analysis) {
            case Analysis.Opaque(var why) -> line("class", "unreadable: " + why);
            case Analysis.Understood it -> {
                line("class", words(it.classes()));
                line("effects", it.effects().isEmpty() ? "none" : words(it.effects()));
                objects(it.objects());
            }
        }
    }

    private void objects(Objects objects) {
        switch (objects) {
            case Objects.Unknown(var why, _) -> line("objects", "not known: " + why);
            case Objects.Known(var accesses) ->
                    line(
                            "objects",
                            accesses.isEmpty()
                                    ? "none"
                                    : accesses.stream()
                                            .map(TrialText::access)
                                            .collect(Collectors.joining("\n")));
        }
    }

    static String access(ObjectAccess access) {
        String columns =
                access.everyColumn()
                        ? " (every column)"
                        : access.columns().isEmpty()
                                ? ""
                                : " (" + String.join(", ", new TreeSet<>(access.columns())) + ")";
        return access.mode().name().toLowerCase(Locale.ROOT) + " " + access.object() + columns;
    }

    private void rules(Collection<Considered> considered) {
        line(
                "rules",
                considered.isEmpty()
                        ? "none was asked"
                        : considered.stream()
                                .map(
                                        rule ->
                                                "%s (line %d, %s): %s"
                                                        .formatted(
                                                                rule.rule(),
                                                                rule.line(),
                                                                rule.effect(),
                                                                rule.why()))
                                .collect(Collectors.joining("\n")));
    }

    static String words(Collection<? extends Enum<?>> words) {
        return words.stream().map(Enum::name).sorted().collect(Collectors.joining(" "));
    }

    private void line(String name, String value) {
        String indented = value.lines().collect(Collectors.joining("\n           "));
        text.append("%-9s  %s\n".formatted(name, indented));
    }
}
