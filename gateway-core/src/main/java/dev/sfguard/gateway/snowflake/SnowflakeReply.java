package dev.sfguard.gateway.snowflake;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/// Replies that the gateway makes itself, as the bytes of the protocol's envelope.
public final class SnowflakeReply {

    /// Writes the fields of a reply's `data`.
    @FunctionalInterface
    public interface Data {
        void write(JsonGenerator json) throws IOException;
    }

    private SnowflakeReply() {}

    /// A success whose `data` is null: heartbeats, closes, aborts.
    public static byte[] done() {
        return envelope(null, null, true, null);
    }

    public static byte[] of(Data data) {
        return envelope(null, null, true, data);
    }

    /// An error with a full `data`: without one Node sends the statement again, and JDBC loses
    /// the SQLState.
    public static byte[] of(SnowflakeError error, @Nullable String queryId) {
        return envelope(
                error.code(),
                error.message(),
                false,
                json -> {
                    json.writeBooleanField("internalError", false);
                    json.writeStringField("errorCode", error.code());
                    json.writeNumberField("age", 0);
                    json.writeStringField("sqlState", error.sqlState());
                    json.writeStringField("queryId", queryId);
                    json.writeNumberField("line", -1);
                    json.writeNumberField("pos", -1);
                    json.writeStringField("type", "SFGUARD");
                });
    }

    /// "Still running": the driver asks again at once, so the gateway holds each poll.
    public static byte[] inProgress(String queryId, boolean async) {
        return envelope(
                async ? "333334" : "333333",
                "Query execution in progress.",
                true,
                json -> {
                    json.writeStringField("queryId", queryId);
                    json.writeStringField("getResultUrl", "/queries/" + queryId + "/result");
                    json.writeNumberField("queryAbortsAfterSecs", 300);
                    json.writeNullField("progressDesc");
                });
    }

    /// What Snowflake answers to a statement that only changes the session.
    public static byte[] executed(String queryId, long statementTypeId) {
        return of(
                json -> {
                    json.writeArrayFieldStart("rowtype");
                    json.writeStartObject();
                    json.writeStringField("name", "status");
                    json.writeStringField("type", "text");
                    json.writeNumberField("length", 16_777_216);
                    json.writeNumberField("byteLength", 16_777_216);
                    json.writeNullField("precision");
                    json.writeNullField("scale");
                    json.writeBooleanField("nullable", true);
                    json.writeEndObject();
                    json.writeEndArray();
                    json.writeArrayFieldStart("rowset");
                    json.writeStartArray();
                    json.writeString("Statement executed successfully.");
                    json.writeEndArray();
                    json.writeEndArray();
                    json.writeNumberField("total", 1);
                    json.writeNumberField("returned", 1);
                    json.writeStringField("queryId", queryId);
                    json.writeStringField("queryResultFormat", "json");
                    json.writeNumberField("statementTypeId", statementTypeId);
                    json.writeNumberField("numberOfBinds", 0);
                    json.writeBooleanField("arrayBindSupported", false);
                    json.writeNumberField("version", 1);
                });
    }

    private static byte[] envelope(
            @Nullable String code, @Nullable String message, boolean success, @Nullable Data data) {
        var bytes = new ByteArrayOutputStream(512);
        try (var json = Json.factory().createGenerator(bytes)) {
            json.writeStartObject();
            if (data == null) {
                json.writeNullField("data");
            } else {
                json.writeObjectFieldStart("data");
                data.write(json);
                json.writeEndObject();
            }
            json.writeStringField("code", code);
            json.writeStringField("message", message);
            json.writeBooleanField("success", success);
            json.writeNullField("headers");
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }
}
