package dev.sfguard.cli.approval;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.cli.TimeOption;
import dev.sfguard.cli.output.Printable;
import dev.sfguard.cli.shell.SqlHighlighter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// One held statement on a page: all that a reviewer needs to say yes or no, and what to type.
final class RequestText {
    private static final String BOLD = "\u001b[1m";
    private static final String YELLOW = "\u001b[33m";
    private static final String PLAIN = "\u001b[0m";

    private final HeldStatement request;
    private final boolean color;
    private final List<String> lines = new ArrayList<>();

    private RequestText(HeldStatement request, boolean color) {
        this.request = request;
        this.color = color;
    }

    static String of(HeldStatement request, boolean color) {
        return new RequestText(request, color).text();
    }

    private String text() {
        lines.add(styled(BOLD, Printable.line(heading())));
        field("who", who());
        field("with", request.text("application").orElse("") + " → " + request.connection());
        field("as", request.text("context").orElse(""));
        field("prompt", request.text("prompt").orElse(""));
        field("agent", request.text("agent").orElse(""));
        field("reason", request.text("reason").orElse(""));
        field("rule", request.rule() + request.text("message").map(it -> ": " + it).orElse(""));
        field("does", does());
        request.demands().forEach(this::demand);
        request.all().path("answers").forEach(this::answer);
        revoked(request.all().path("revoked"));
        lines.add("");
        lines.add(statement());
        request.text("binds").ifPresent(this::binds);
        warnings();
        commands();
        return String.join("\n", lines) + "\n";
    }

    private String heading() {
        String left =
                request.isPending()
                        ? ", " + TimeOption.brief(request.left()) + " left"
                        : request.all().has("granted_until")
                                ? ", granted for another "
                                        + TimeOption.brief(
                                                request.all().path("granted_seconds").asLong())
                                : "";
        return "%s  %s%s  (asked %s ago)"
                .formatted(request.id(), request.state(), left, TimeOption.brief(request.age()));
    }

    private String who() {
        String groups = String.join(", ", HeldStatement.words(request.all().path("groups")));
        return "%s (%s%s)"
                .formatted(
                        request.requester(), request.kind(), groups.isEmpty() ? "" : "; " + groups);
    }

    private String does() {
        var all = request.all();
        var classes = HeldStatement.words(all.path("classes"));
        var more =
                HeldStatement.words(all.path("effects")).stream()
                        .filter(effect -> !classes.contains(effect))
                        .toList();
        var objects = HeldStatement.words(all.path("objects"));
        return List.of(classes, more, objects).stream()
                .filter(list -> !list.isEmpty())
                .map(list -> String.join(", ", list))
                .collect(Collectors.joining("; "));
    }

    private void demand(HeldStatement.Demand demand) {
        String others = demand.rule().equals(request.rule()) ? "" : " (rule " + demand.rule() + ")";
        field(
                "needs",
                "%s%s: %d of %d"
                        .formatted(demand.people(), others, demand.met(), demand.atLeast()));
    }

    private void answer(JsonNode answer) {
        String reason = answer.path("reason").asText("");
        field(
                answer.path("approves").asBoolean() ? "yes" : "no",
                answer.path("by").asText() + (reason.isEmpty() ? "" : ": " + reason));
    }

    private void revoked(JsonNode revoked) {
        if (revoked.isObject()) {
            field("revoked", revoked.path("by").asText() + ": " + revoked.path("reason").asText());
        }
    }

    /// Further lines of a value stand under its first.
    private void field(String name, String value) {
        if (!value.isBlank()) {
            String text = Printable.lines(value.strip()).replace("\n", "\n            ");
            lines.add("  %-10s%s".formatted(name, text));
        }
    }

    private String statement() {
        String text = Printable.lines(request.statement().strip());
        return (color ? SqlHighlighter.colored(text).toAnsi() : text).indent(4).stripTrailing();
    }

    private void binds(String binds) {
        lines.add("");
        field("binds", binds);
    }

    private void warnings() {
        if (request.isPending() && request.all().path("locks").asBoolean()) {
            lines.add("");
            lines.add(
                    styled(
                            YELLOW,
                            "  While it waits, an open transaction of this session keeps its"
                                    + " locks."));
        }
        if (request.isPending() && !request.attached()) {
            lines.add("");
            lines.add("  Nobody waits for it now: it runs when it is sent again, unchanged.");
        }
    }

    private void commands() {
        var commands =
                request.mayAnswer()
                        ? List.of(
                                Map.entry("Run it once", "sfguard approve %s"),
                                Map.entry("and for a time", "sfguard approve %s --for 30m"),
                                Map.entry("Refuse it", "sfguard deny %s --reason TEXT"))
                        : request.all().has("granted_until") && !request.mine()
                                ? List.of(
                                        Map.entry(
                                                "End the grant",
                                                "sfguard requests revoke %s --reason TEXT"))
                                : List.<Map.Entry<String, String>>of();
        if (!commands.isEmpty()) {
            lines.add("");
        }
        for (var command : commands) {
            lines.add(
                    "  %-16s%s"
                            .formatted(
                                    command.getKey(), command.getValue().formatted(request.id())));
        }
        if (request.isPending() && request.mine()) {
            lines.add("");
            lines.add(
                    "  It is your own: somebody else has to answer it, " + request.missing() + ".");
        }
    }

    private String styled(String style, String text) {
        return color ? style + text + PLAIN : text;
    }
}
