package dev.sfguard.gateway.proxy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.ObjectAccess;
import dev.sfguard.gateway.sql.Objects;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A trial as one JSON object: the strictest answer on top, one object for each statement.
public final class TrialJson {
    private static final String WITHHELD =
            "it holds what a view is defined as, which raw readers of recordings see";

    private static final ObjectMapper JSON = new ObjectMapper();

    private TrialJson() {}

    /// @param viewTexts whether SQL is shown that holds what views are defined as
    public static ObjectNode of(Trial trial, boolean viewTexts) {
        var root = JSON.createObjectNode();
        answer(root, trial.strictest(), trial.masked());
        boolean withheld = !viewTexts && trial.parts().stream().anyMatch(Trial.Part::showsViews);
        root.put("sql", withheld ? null : trial.sql().orElse(null));
        // Of several statements each has its own result.
        var only = trial.parts().size() == 1 ? trial.strictest() : null;
        if (only != null) {
            columns(root.putArray("columns"), only, viewTexts);
        }
        var statements = root.putArray("statements");
        trial.parts().forEach(part -> part(statements.addObject(), part, viewTexts));
        return root;
    }

    private static void answer(ObjectNode node, Trial.Part part, List<String> masked) {
        node.put("verdict", part.verdict().toString());
        node.put("rule", part.rule());
        node.put("message", part.message().isEmpty() ? null : part.message());
        node.put("role", part.role().orElse(null));
        masked.forEach(node.putArray("masked")::add);
    }

    /// What a view is made of is not for everybody.
    private static void columns(ArrayNode list, Trial.Part part, boolean viewTexts) {
        for (var column :
                viewTexts || !part.readsViews() ? part.columns() : List.<TracedColumn>of()) {
            @Nullable Integer place = column.place() == 0 ? null : column.place();
            var node =
                    list.addObject().put("column", place).put("name", column.name().orElse(null));
            column.origins().forEach(node.putArray("origins")::add);
            column.masks().forEach(node.putArray("masks")::add);
            node.put("certain", column.certain());
        }
    }

    private static void part(ObjectNode node, Trial.Part part, boolean viewTexts) {
        node.put("text", part.text());
        answer(node, part, part.masked());
        boolean withheld = !viewTexts && part.showsViews();
        node.put("sql", withheld ? null : part.sql().orElse(null));
        if (withheld) {
            node.put("withheld", WITHHELD);
        }
        columns(node.putArray("columns"), part, viewTexts);
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
