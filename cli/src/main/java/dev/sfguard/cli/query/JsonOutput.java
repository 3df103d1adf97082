package dev.sfguard.cli.query;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import dev.sfguard.cli.output.Cell;
import dev.sfguard.cli.output.Column;
import dev.sfguard.cli.output.JsonCells;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.List;

/// One array, an object for each statement, whatever becomes of it; docs/cli.md shows it.
///
/// `id` is Snowflake's query id; `state` is `done`, `failed`, `blocked`, `pending`, `denied`,
/// `stale`, `not_recorded`, `limit` or `interrupted`. A result has `columns`, `rows` and
/// `row_count`, and a `note` when a limit cut it; a statement that changes rows has `affected`; one
/// that went wrong has `error` with `code`, `sql_state`, `message` and `exit_code`, and a `request`
/// where people are asked.
public final class JsonOutput implements QueryOutput {
    private static final JsonFactory JSON = new JsonFactory();

    private final JsonGenerator json;
    private boolean hasRows;

    public JsonOutput(OutputStream out) {
        try {
            json = JSON.createGenerator(out);
            json.setPrettyPrinter(new MinimalPrettyPrinter(""));
            json.writeStartArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void begin() {
        hasRows = false;
        write(JsonGenerator::writeStartObject);
    }

    @Override
    public long read(String queryId, ResultRows rows) throws SQLException {
        hasRows = true;
        write(
                to -> {
                    to.writeStringField("id", queryId);
                    columns(to, rows.columns());
                    to.writeArrayFieldStart("rows");
                });
        var cells = new JsonCells(rows.columns());
        long count = 0;
        for (var row = rows.next(); row.isPresent(); row = rows.next()) {
            List<Cell> values = row.get();
            write(to -> cells.write(to, values));
            count++;
        }
        write(JsonGenerator::writeEndArray);
        return count;
    }

    private static void columns(JsonGenerator to, List<Column> columns) throws IOException {
        to.writeArrayFieldStart("columns");
        for (var column : columns) {
            to.writeStartObject();
            to.writeStringField("name", column.name());
            to.writeStringField("type", column.type());
            to.writeEndObject();
        }
        to.writeEndArray();
    }

    @Override
    public void done(SnowflakeSession.Outcome outcome) {
        write(
                to -> {
                    if (!hasRows) {
                        to.writeStringField("id", outcome.queryId());
                    }
                    to.writeStringField("state", "done");
                    String count = outcome.rows().isResult() ? "row_count" : "affected";
                    to.writeNumberField(count, outcome.rows().count());
                    if (outcome.note().isPresent()) {
                        to.writeStringField("note", outcome.note().get());
                    }
                    to.writeNumberField("elapsed_ms", outcome.elapsed().toMillis());
                    to.writeEndObject();
                });
    }

    @Override
    public void failed(QueryFailure failure) {
        write(
                to -> {
                    if (to.getOutputContext().inArray() && hasRows) {
                        to.writeEndArray();
                    }
                    if (!hasRows && failure.queryId().isPresent()) {
                        to.writeStringField("id", failure.queryId().get());
                    }
                    to.writeStringField("state", state(failure));
                    if (failure.request().isPresent()) {
                        to.writeStringField("request", failure.request().get());
                    }
                    to.writeObjectFieldStart("error");
                    to.writeStringField("code", failure.code());
                    to.writeStringField("sql_state", failure.sqlState());
                    to.writeStringField("message", failure.text());
                    to.writeNumberField("exit_code", failure.exitCode().status());
                    to.writeEndObject();
                    to.writeEndObject();
                });
    }

    private static String state(QueryFailure failure) {
        return switch (failure.exitCode()) {
            case BLOCKED -> "blocked";
            case PENDING, WAIT_TIMED_OUT -> "pending";
            case DENIED -> "denied";
            case STALE -> "stale";
            case NOT_RECORDED -> "not_recorded";
            case LIMIT -> "limit";
            case INTERRUPTED, TERMINATED -> "interrupted";
            case DONE,
                    INTERNAL,
                    USAGE,
                    UNREACHABLE,
                    PROTOCOL,
                    SQL_ERROR,
                    LOGIN,
                    PARTIAL,
                    PIPE_CLOSED ->
                    "failed";
        };
    }

    @Override
    public void end() {
        write(
                to -> {
                    to.writeEndArray();
                    to.writeRaw('\n');
                    to.flush();
                });
    }

    private void write(Writing writing) {
        try {
            writing.to(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @FunctionalInterface
    private interface Writing {
        void to(JsonGenerator json) throws IOException;
    }
}
