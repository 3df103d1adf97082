package dev.sfguard.cli.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// Rows as JSON objects. Exact numbers keep every digit; a VARIANT is JSON inside JSON.
public final class JsonCells {
    private static final JsonFactory JSON = new JsonFactory();

    private final List<String> keys;

    /// An object cannot hold a name twice: the second `ID` becomes `ID_2`.
    public JsonCells(List<Column> columns) {
        var taken = new HashSet<String>();
        var unique = new ArrayList<String>();
        for (var column : columns) {
            String key = column.name();
            for (int n = 2; !taken.add(key); n++) {
                key = column.name() + "_" + n;
            }
            unique.add(key);
        }
        keys = List.copyOf(unique);
    }

    public void write(JsonGenerator json, List<Cell> cells) throws IOException {
        json.writeStartObject();
        for (int i = 0; i < cells.size(); i++) {
            json.writeFieldName(keys.get(i));
            write(json, cells.get(i));
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Cell cell) throws IOException {
        switch (cell) {
            case Cell.Null _ -> json.writeNull();
            case Cell.Text(var value) -> json.writeString(value);
            case Cell.Exact(var value) -> json.writeNumber(Look.digits(value));
            case Cell.Approximate(var value) when Double.isFinite(value) ->
                    json.writeNumber(Look.approximate(value));
            case Cell.Approximate(var value) -> json.writeString(Double.toString(value));
            case Cell.Flag(var value) -> json.writeBoolean(value);
            case Cell.Json(var value) -> nested(json, value);
            case Cell.Moment moment -> json.writeString(Look.PLAIN.text(moment));
        }
    }

    /// Looks at the whole value first: half of it must not be written before the rest turns out to
    /// be no JSON.
    private static void nested(JsonGenerator json, String value) throws IOException {
        if (!isOneValue(value)) {
            json.writeString(value);
            return;
        }
        try (JsonParser parser = JSON.createParser(value)) {
            parser.nextToken();
            json.copyCurrentStructureExact(parser);
        }
    }

    private static boolean isOneValue(String value) throws IOException {
        try (JsonParser parser = JSON.createParser(value)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (JsonProcessingException e) {
            return false;
        }
    }
}
