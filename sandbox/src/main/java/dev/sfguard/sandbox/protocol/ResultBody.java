package dev.sfguard.sandbox.protocol;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.sandbox.engine.Column;
import dev.sfguard.sandbox.engine.Parameters;
import dev.sfguard.sandbox.engine.Result;
import dev.sfguard.sandbox.engine.Session;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Writes a finished query as drivers read it.
final class ResultBody {
    private final Chunks chunks;
    private final int inlineRows;
    private final Clock clock;

    ResultBody(Chunks chunks, int inlineRows, Clock clock) {
        this.chunks = chunks;
        this.inlineRows = inlineRows;
        this.clock = clock;
    }

    /// @param children the queries of the single statements, when there were several
    ObjectNode data(Query query, Result result, List<Query> children) throws IOException {
        Session session = query.session();
        ObjectNode data = Answer.NODES.objectNode();
        data.set("parameters", parameters(session.parameters()));
        ArrayNode types = data.putArray("rowtype");
        result.columns().forEach(column -> types.add(rowType(column, session)));
        rows(data, query, result);
        data.put("queryId", query.id());
        data.putNull("databaseProvider");
        data.put("finalDatabaseName", session.database());
        data.put("finalSchemaName", session.schema());
        data.put("finalWarehouseName", session.warehouse());
        data.put("finalRoleName", session.role());
        binds(data, result, session);
        data.put("statementTypeId", result.typeId());
        data.put("version", 1);
        data.put("sendResultTime", clock.millis());
        data.put("queryResultFormat", "json");
        result.dml().ifPresent(counts -> counts.forEach(data.putObject("stats")::put));
        if (!children.isEmpty()) {
            data.put(
                    "resultIds", children.stream().map(Query::id).collect(Collectors.joining(",")));
            data.put(
                    "resultTypes",
                    result.children().stream()
                            .map(child -> Integer.toString(child.typeId()))
                            .collect(Collectors.joining(",")));
        }
        return data;
    }

    private void rows(ObjectNode data, Query query, Result result) throws IOException {
        List<@Nullable String[]> rows = result.rows();
        int inline = Math.min(rows.size(), inlineRows);
        ArrayNode rowset = data.putArray("rowset");
        for (@Nullable String[] row : rows.subList(0, inline)) {
            ArrayNode cells = rowset.addArray();
            for (String cell : row) {
                cells.add(cell);
            }
        }
        data.put("total", rows.size());
        data.put("returned", rows.size());
        if (inline < rows.size()) {
            chunks.describe(data, query.id(), rows.subList(inline, rows.size()));
        }
    }

    private static void binds(ObjectNode data, Result result, Session session) {
        data.put("numberOfBinds", result.binds());
        data.put("arrayBindSupported", result.arrayBinds());
        if (result.binds() > 0) {
            ArrayNode about = data.putArray("metaDataOfBinds");
            for (int i = 0; i < result.binds(); i++) {
                about.add(rowType(Column.text("?"), session));
            }
        }
    }

    static ArrayNode parameters(Parameters parameters) {
        ArrayNode list = Answer.NODES.arrayNode();
        parameters
                .all()
                .forEach(
                        (name, value) ->
                                list.addObject()
                                        .put("name", name)
                                        .set("value", HttpCall.JSON.valueToTree(value)));
        return list;
    }

    private static ObjectNode rowType(Column column, Session session) {
        ObjectNode type = Answer.NODES.objectNode();
        type.put("name", column.name());
        type.put("database", session.database());
        type.put("schema", session.schema());
        type.put("table", "");
        type.put("type", column.type());
        boolean fixed = column.type().equals("fixed");
        boolean time = column.type().startsWith("time");
        boolean sized = column.type().equals("text") || column.type().equals("binary");
        type.put("precision", fixed ? (Integer) column.precision() : time ? (Integer) 0 : null);
        type.put("scale", fixed || time ? (Integer) column.scale() : null);
        type.put("length", sized ? (Integer) column.length() : null);
        type.put("byteLength", sized ? (Integer) byteLength(column) : null);
        type.put("nullable", column.nullable());
        type.putNull("collation");
        if (column.type().equals("vector")) {
            type.put("vectorDimension", column.length());
            type.putArray("fields")
                    .addObject()
                    .put("fieldName", "")
                    .put("type", column.extension())
                    .put("nullable", true);
        } else if (!column.extension().isEmpty()) {
            type.put("extTypeName", column.extension());
        }
        return type;
    }

    /// Text takes up to four bytes a character, up to the most a value may have.
    private static int byteLength(Column column) {
        return column.type().equals("text")
                ? Math.min(16_777_216, column.length() * 4)
                : column.length();
    }
}
