package dev.sfguard.sandbox.engine;

import dev.sfguard.sandbox.sql.Splitter;
import dev.sfguard.sandbox.sql.SqlSyntaxError;
import dev.sfguard.sandbox.sql.Token;
import dev.sfguard.sandbox.sql.Tokens;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Runs what a driver asked for: counts the statements, finds out what each one is, and hands it to
/// the class that knows its kind.
public final class Statements {
    private final Session session;
    private final Cancellation cancellation;

    public Statements(Session session, Cancellation cancellation) {
        this.session = session;
        this.cancellation = cancellation;
    }

    /// Runs one statement, or several when the request allows as many.
    ///
    /// @throws SnowflakeError what Snowflake would say; statements before the failed one stay done
    public Result run(Request request) throws SnowflakeError {
        try {
            List<String> texts = Splitter.split(request.text());
            int wanted = wantedCount(request);
            if (wanted != 0 && wanted != texts.size() && !texts.isEmpty()) {
                throw SnowflakeError.wrongCount(texts.size(), wanted);
            }
            if (texts.isEmpty()) {
                throw SnowflakeError.of(
                        "000900", "42601", "SQL compilation error:\nEmpty SQL statement.");
            }
            return texts.size() == 1
                    ? one(request.withText(texts.getFirst()))
                    : several(request, texts);
        } catch (SqlSyntaxError e) {
            throw SnowflakeError.syntax(e.line(), e.position(), e.problem());
        }
    }

    private int wantedCount(Request request) {
        String own = request.parameters().get("MULTI_STATEMENT_COUNT");
        String count = own == null ? session.parameters().text("MULTI_STATEMENT_COUNT") : own;
        return count.matches("\\d{1,6}") ? Integer.parseInt(count) : 1;
    }

    private Result several(Request request, List<String> texts) throws SnowflakeError {
        var results = new ArrayList<Result>();
        for (String text : texts) {
            cancellation.check();
            results.add(one(request.withText(text)));
        }
        return Result.several(results);
    }

    private Result one(Request request) throws SnowflakeError {
        var tokens = new Tokens(request.text());
        Optional<Duration> wait = Waiting.asked(tokens);
        if (wait.isPresent()) {
            // Only waits: other statements of the session go on meanwhile.
            return request.describeOnly()
                    ? Waiting.described()
                    : Waiting.run(wait.get(), cancellation);
        }
        try {
            session.turn().lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw SnowflakeError.cancelled();
        }
        try {
            cancellation.check();
            return dispatch(tokens, request);
        } catch (SQLException e) {
            throw DuckdbErrors.translate(e, request.text(), cancellation);
        } finally {
            session.turn().unlock();
        }
    }

    private Result dispatch(Tokens tokens, Request request) throws SnowflakeError, SQLException {
        var duckdb = new Duckdb(session, cancellation);
        String verb = tokens.at(0).isSymbol("(") ? "SELECT" : tokens.at(0).upper();
        return switch (verb) {
            case "SELECT", "WITH", "VALUES" -> new Queries(session, duckdb).run(tokens, request);
            case "EXPLAIN" -> new Queries(session, duckdb).explain(tokens, request);
            case "INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE" ->
                    new Dml(session, duckdb).run(tokens, request);
            case "SHOW" -> new Show(session, duckdb).run(tokens);
            case "DESC", "DESCRIBE" -> new Describe(session, duckdb).run(tokens);
            case "CALL", "EXECUTE" -> call(tokens, request);
            case "PUT", "GET", "LIST", "LS", "REMOVE", "RM", "COPY" ->
                    throw SnowflakeError.unsupported(verb + " (the sandbox has no stages)");
            default -> command(verb, tokens, request, duckdb);
        };
    }

    private Result command(String verb, Tokens tokens, Request request, Duckdb duckdb)
            throws SnowflakeError, SQLException {
        if (request.describeOnly()) {
            return Result.of(Result.DDL, List.of(Column.text("status")), List.of());
        }
        return switch (verb) {
            case "USE" -> new Use(session, duckdb).run(tokens);
            case "SET", "UNSET" -> new Variables(session, duckdb).run(tokens, request);
            case "BEGIN", "START", "COMMIT", "ROLLBACK" ->
                    new Transactions(session, duckdb).run(tokens);
            case "GRANT", "REVOKE" -> new Grants(session).run(tokens);
            case "ALTER" ->
                    tokens.is(1, "SESSION")
                            ? new Variables(session, duckdb).alterSession(tokens)
                            : new Ddl(session, duckdb).run(tokens, request);
            case "CREATE", "DROP", "UNDROP", "COMMENT" ->
                    new Ddl(session, duckdb).run(tokens, request);
            default -> throw unexpected(tokens);
        };
    }

    /// `EXECUTE IMMEDIATE 'text'` runs the text; procedures there are none.
    private Result call(Tokens tokens, Request request) throws SnowflakeError, SQLException {
        boolean immediate = tokens.startsWith("EXECUTE", "IMMEDIATE");
        if (immediate && tokens.size() > 2) {
            String text =
                    tokens.at(2).kind() == Token.Kind.STRING && tokens.size() == 3
                            ? tokens.at(2).text()
                            : new Duckdb(session, cancellation).text(tokens.from(2), request);
            return dispatch(new Tokens(text), request.withText(text));
        }
        throw SnowflakeError.of(
                "002140",
                "42601",
                "SQL compilation error:\nUnknown procedure %s".formatted(tokens.at(1).name()));
    }

    private static SnowflakeError unexpected(Tokens tokens) {
        var at = new SqlSyntaxError(tokens.source(), tokens.at(0).start(), tokens.at(0).text());
        return SnowflakeError.syntax(at.line(), at.position(), tokens.at(0).text());
    }
}
