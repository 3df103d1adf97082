package dev.sfguard.cli.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Collectors;

/// Where a result's columns come from, one line for each.
final class LineageText {
    private LineageText() {}

    /// @param columns as an explanation's JSON has them
    static String of(JsonNode columns) {
        return columns.valueStream().map(LineageText::column).collect(Collectors.joining("\n"));
    }

    private static String column(JsonNode column) {
        var name = column.path("name");
        boolean placed = column.path("column").isInt();
        String place = placed ? column.path("column").asInt() + " " : "";
        String called = name.isTextual() ? name.asText() + " " : placed ? "" : "others ";
        return place + called + origins(column) + masks(column);
    }

    private static String origins(JsonNode column) {
        var origins = column.path("origins");
        boolean certain = column.path("certain").asBoolean();
        if (origins.isEmpty()) {
            return certain ? "from no table" : "from what is not known";
        }
        boolean several = origins.size() > 1 || origins.path(0).asText().endsWith(".*");
        return "from " + (!certain && several ? "any of " : "") + joined(origins);
    }

    private static String masks(JsonNode column) {
        var masks = column.path("masks");
        if (masks.isEmpty()) {
            return "";
        }
        return column.path("certain").asBoolean()
                ? ": masked by " + joined(masks)
                : ": where masked, by " + joined(masks);
    }

    private static String joined(JsonNode words) {
        return words.valueStream().map(JsonNode::asText).collect(Collectors.joining(", "));
    }
}
