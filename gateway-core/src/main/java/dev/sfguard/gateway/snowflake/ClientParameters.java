package dev.sfguard.gateway.snowflake;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which parameters a client may set, and which ones it is told. Names compare without case, as
/// drivers send them.
public final class ClientParameters {

    /// What a client may set on its session or on a statement. Whatever widens what a session may
    /// do, changes how names resolve, or moves results around the gateway is absent.
    private static final Set<String> ALLOWED =
            Set.of(
                    "ABORT_DETACHED_QUERY",
                    "AUTOCOMMIT",
                    "BINARY_INPUT_FORMAT",
                    "BINARY_OUTPUT_FORMAT",
                    "CLIENT_METADATA_REQUEST_USE_CONNECTION_CTX",
                    "CLIENT_METADATA_USE_SESSION_DATABASE",
                    "CLIENT_RESULT_CHUNK_SIZE",
                    "CLIENT_RESULT_COLUMN_CASE_INSENSITIVE",
                    "CLIENT_SESSION_KEEP_ALIVE",
                    "CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY",
                    "CLIENT_TIMESTAMP_TYPE_MAPPING",
                    "DATE_INPUT_FORMAT",
                    "DATE_OUTPUT_FORMAT",
                    "ERROR_ON_NONDETERMINISTIC_MERGE",
                    "ERROR_ON_NONDETERMINISTIC_UPDATE",
                    "GEOGRAPHY_OUTPUT_FORMAT",
                    "GEOMETRY_OUTPUT_FORMAT",
                    "JDBC_RS_COLUMN_CASE_INSENSITIVE",
                    "JDBC_TREAT_DECIMAL_AS_INT",
                    "JDBC_TREAT_TIMESTAMP_NTZ_AS_UTC",
                    "JDBC_USE_SESSION_TIMEZONE",
                    "JSON_INDENT",
                    "LOCK_TIMEOUT",
                    "MULTI_STATEMENT_COUNT",
                    "NEW_SQL_FORMAT",
                    "QUERY_TAG",
                    "QUERY_TIMEOUT",
                    "ROWS_PER_RESULTSET",
                    "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS",
                    "STATEMENT_TIMEOUT_IN_SECONDS",
                    "STRICT_JSON_OUTPUT",
                    "TIMESTAMP_DAY_IS_ALWAYS_24H",
                    "TIMESTAMP_INPUT_FORMAT",
                    "TIMESTAMP_LTZ_OUTPUT_FORMAT",
                    "TIMESTAMP_NTZ_OUTPUT_FORMAT",
                    "TIMESTAMP_OUTPUT_FORMAT",
                    "TIMESTAMP_TYPE_MAPPING",
                    "TIMESTAMP_TZ_OUTPUT_FORMAT",
                    "TIMEZONE",
                    "TIME_INPUT_FORMAT",
                    "TIME_OUTPUT_FORMAT",
                    "TRANSACTION_ABORT_ON_ERROR",
                    "TRANSACTION_DEFAULT_ISOLATION_LEVEL",
                    "TWO_DIGIT_CENTURY_START",
                    "UNSUPPORTED_DDL_ACTION",
                    "USE_CACHED_RESULT",
                    "WEEK_OF_YEAR_POLICY",
                    "WEEK_START");

    /// What the gateway has to say of a result: the query's id, a space, a text for people. Drivers
    /// keep it like any parameter that they do not know.
    public static final String NOTE = "SFGUARD_NOTE";

    /// Results come as JSON, whichever driver asks: the gateway reads every cell it lets through.
    private static final Set<String> RESULT_FORMATS =
            Set.of(
                    "JDBC_QUERY_RESULT_FORMAT",
                    "ODBC_QUERY_RESULT_FORMAT",
                    "DOTNET_QUERY_RESULT_FORMAT",
                    "GO_QUERY_RESULT_FORMAT",
                    "JS_QUERY_RESULT_FORMAT",
                    "NODEJS_QUERY_RESULT_FORMAT",
                    "PYTHON_CONNECTOR_QUERY_RESULT_FORMAT",
                    "PYTHON_SNOWPARK_QUERY_RESULT_FORMAT",
                    "SQL_API_QUERY_RESULT_FORMAT");

    /// What every client is told, whatever Snowflake says. No telemetry to the vendor around the
    /// gateway, no binds and files through stages, no credentials cached on the client's disk.
    private static final Map<String, JsonNode> FORCED =
            Map.of(
                    "CLIENT_TELEMETRY_ENABLED", BooleanNode.FALSE,
                    "CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED", BooleanNode.FALSE,
                    "CLIENT_STAGE_ARRAY_BINDING_THRESHOLD", IntNode.valueOf(0),
                    "JDBC_ENABLE_PUT_GET", BooleanNode.FALSE,
                    "CLIENT_STORE_TEMPORARY_CREDENTIAL", BooleanNode.FALSE,
                    "CLIENT_CONSENT_CACHE_ID_TOKEN", BooleanNode.FALSE,
                    "CLIENT_ALLOW_ID_TOKEN", BooleanNode.FALSE,
                    "CLIENT_DISABLE_INCIDENTS", BooleanNode.TRUE,
                    "SERVICE_NAME", TextNode.valueOf(""));

    /// What a login must tell: without some of these JDBC cannot connect or read large results,
    /// and Node's process dies at a binary cell.
    private static final Map<String, JsonNode> NEEDED = needed();

    private ClientParameters() {}

    /// Whether a client may set it. Result formats are not in the list: they are ours.
    public static boolean mayBeSet(String name) {
        return ALLOWED.contains(name.toUpperCase(Locale.ROOT));
    }

    /// The parameters that every upstream session begins with.
    public static Set<String> resultFormats() {
        return RESULT_FORMATS;
    }

    /// Writes the `parameters` of a login: Snowflake's, ours where forced, and what drivers need.
    public static void writeLogin(JsonGenerator json, JsonNode upstream) throws IOException {
        var told = new HashSet<String>();
        json.writeArrayFieldStart("parameters");
        for (var parameter : upstream) {
            var name = parameter.path("name").asText();
            told.add(name);
            write(json, name, FORCED.getOrDefault(name, parameter.path("value")));
        }
        for (var entry : FORCED.entrySet()) {
            if (told.add(entry.getKey())) {
                write(json, entry.getKey(), entry.getValue());
            }
        }
        for (var entry : NEEDED.entrySet()) {
            if (told.add(entry.getKey())) {
                write(json, entry.getKey(), entry.getValue());
            }
        }
        json.writeEndArray();
    }

    /// Writes the array that a query's reply repeats, with the forced ones kept as they are.
    static void writeQuery(JsonGenerator json, JsonNode upstream) throws IOException {
        writeQuery(json, upstream, Optional.empty());
    }

    /// @param note what {@link #NOTE} says
    static void writeQuery(JsonGenerator json, JsonNode upstream, Optional<String> note)
            throws IOException {
        json.writeStartArray();
        for (var parameter : upstream) {
            var name = parameter.path("name").asText();
            write(json, name, FORCED.getOrDefault(name, parameter.path("value")));
        }
        if (note.isPresent()) {
            write(json, NOTE, TextNode.valueOf(note.get()));
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, String name, JsonNode value) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", name);
        json.writeFieldName("value");
        json.writeTree(value);
        json.writeEndObject();
    }

    private static Map<String, JsonNode> needed() {
        var needed = new LinkedHashMap<String, JsonNode>();
        needed.put("AUTOCOMMIT", BooleanNode.TRUE);
        needed.put("CLIENT_MEMORY_LIMIT", IntNode.valueOf(1536));
        needed.put("CLIENT_RESULT_CHUNK_SIZE", IntNode.valueOf(160));
        needed.put("CLIENT_PREFETCH_THREADS", IntNode.valueOf(4));
        needed.put("CLIENT_SESSION_KEEP_ALIVE", BooleanNode.FALSE);
        needed.put("CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY", IntNode.valueOf(3600));
        needed.put("BINARY_OUTPUT_FORMAT", TextNode.valueOf("HEX"));
        needed.put("TIMEZONE", TextNode.valueOf("America/Los_Angeles"));
        needed.put("TIMESTAMP_OUTPUT_FORMAT", TextNode.valueOf("YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM"));
        needed.put("TIMESTAMP_NTZ_OUTPUT_FORMAT", TextNode.valueOf("YYYY-MM-DD HH24:MI:SS.FF3"));
        needed.put("TIMESTAMP_LTZ_OUTPUT_FORMAT", TextNode.valueOf(""));
        needed.put("TIMESTAMP_TZ_OUTPUT_FORMAT", TextNode.valueOf(""));
        needed.put("DATE_OUTPUT_FORMAT", TextNode.valueOf("YYYY-MM-DD"));
        needed.put("TIME_OUTPUT_FORMAT", TextNode.valueOf("HH24:MI:SS"));
        return needed;
    }
}
