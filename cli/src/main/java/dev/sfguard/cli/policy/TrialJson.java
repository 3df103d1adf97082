package dev.sfguard.cli.policy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.gateway.proxy.Trial;
import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.ObjectAccess;
import dev.sfguard.gateway.sql.Objects;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/// A trial as one JSON object: the strictest answer on top, one object for each statement.
final class TrialJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private TrialJson() {}

    static String of(Trial trial) {
        var root = JSON.createObjectNode();
        answer(root, trial.strictest(), trial.masked());
        root.put("sql", trial.sql().orElse(null));
        // Of several statements each has its own result.
        LineageJson.write(
                root.putArray("columns"),
                trial.parts().size() == 1 ? trial.strictest().columns() : List.of());
        var statements = root.putArray("statements");
        trial.parts().forEach(part -> part(statements.addObject(), part));
        return root.toString();
    }

    private static void answer(ObjectNode node, Trial.Part part, List<String> masked) {
        node.put("verdict", part.verdict().toString());
        node.put("rule", part.rule());
        node.put("message", part.message().isEmpty() ? null : part.message());
        node.put("role", part.role().orElse(null));
        masked.forEach(node.putArray("masked")::add);
    }

    private static void part(ObjectNode node, Trial.Part part) {
        node.put("text", part.text());
        answer(node, part, part.masked());
        node.put("sql", part.sql().orElse(null));
        LineageJson.write(node.putArray("columns"), part.columns());
        switch (part.analysis()) {
            case Analysis.Opaque(var why) -> node.put("unreadable", why);
            case Analysis.Understood it -> understood(node, it);
        }
        var rules = node.putArray("rules");
        for (var rule : part.considered()) {
            rules.addObject()
                    .put("rule", rule.rule())
                    .put("line", rule.line())
                    .put("effect", rule.effect())
                    .put("fired", rule.fired())
                    .put("why", rule.why());
        }
    }

    private static void understood(ObjectNode node, Analysis.Understood it) {
        node.put("class", it.kind().name());
        names(node.putArray("classes"), it.classes());
        names(node.putArray("effects"), it.effects());
        switch (it.objects()) {
            case Objects.Unknown(var why, _) -> {
                node.putNull("objects");
                node.put("objects_unknown", why);
            }
            case Objects.Known(var accesses) -> {
                var objects = node.putArray("objects");
                accesses.forEach(access -> access(objects.addObject(), access));
            }
        }
    }

    private static void access(ObjectNode node, ObjectAccess access) {
        node.put("mode", access.mode().name().toLowerCase(Locale.ROOT));
        node.put("object", access.object().toString());
        node.put("every_column", access.everyColumn());
        access.columns().stream().sorted().forEach(node.putArray("columns")::add);
    }

    private static void names(ArrayNode array, Collection<? extends Enum<?>> words) {
        words.stream().map(Enum::name).sorted().forEach(array::add);
    }
}
