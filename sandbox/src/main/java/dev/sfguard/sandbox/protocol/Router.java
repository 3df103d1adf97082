package dev.sfguard.sandbox.protocol;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.sfguard.sandbox.Faults;
import dev.sfguard.sandbox.ReceivedRequest;
import dev.sfguard.sandbox.SandboxSettings;
import dev.sfguard.sandbox.Witness;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;

/// Takes each request to what answers it.
public final class Router implements HttpHandler {
    private final SandboxSettings settings;
    private final Logins logins;
    private final Witness witness;
    private final Faults faults;
    private final Chunks chunks;
    private final SessionEndpoints sessions;
    private final QueryEndpoints queries;

    public Router(
            SandboxSettings settings, Logins logins, Witness witness, Faults faults, URI server) {
        this.settings = settings;
        this.logins = logins;
        this.witness = witness;
        this.faults = faults;
        chunks = new Chunks(server, settings.chunkRows());
        sessions = new SessionEndpoints(settings, logins);
        queries = new QueryEndpoints(settings, witness, faults, chunks);
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        var call = new HttpCall(exchange);
        try {
            witness.received(
                    new ReceivedRequest(
                            call.method(), call.path(), call.query(), settings.clock().instant()));
            route(call);
        } catch (HttpCall.Unacceptable e) {
            call.answer(e.status(), Answer.failure("000" + e.status(), e.problem()));
        } finally {
            call.close();
        }
    }

    private void route(HttpCall call) throws IOException, HttpCall.Unacceptable {
        switch (call.method() + " " + call.path()) {
            case "POST /session/v1/login-request" -> sessions.login(call);
            case "POST /session/token-request" -> sessions.renew(call);
            // After its session is deleted, JDBC still sends what it has gathered.
            case "POST /telemetry/send", "POST /telemetry/send/sessionless" ->
                    call.answer(Answer.success(Answer.NODES.textNode("Log Received")));
            default -> {
                if (call.method().equals("GET") && call.path().startsWith("/chunks/")) {
                    chunk(call);
                } else {
                    inSession(call);
                }
            }
        }
    }

    private void inSession(HttpCall call) throws IOException, HttpCall.Unacceptable {
        switch (logins.enter(call.token())) {
            case Logins.Entry.Turned(String code, String message) ->
                    call.answer(Answer.failure(code, message));
            case Logins.Entry.Admitted(OpenSession open) -> inSession(call, open);
        }
    }

    private void inSession(HttpCall call, OpenSession open)
            throws IOException, HttpCall.Unacceptable {
        switch (call.method() + " " + call.path()) {
            case "POST /session/heartbeat" -> call.answer(Answer.success());
            case "POST /session" -> {
                if (call.parameter("delete").orElse("").equals("true")) {
                    sessions.close(call, open);
                } else {
                    call.answer(Answer.success());
                }
            }
            case "POST /queries/v1/query-request" -> queries.ask(call, open);
            case "POST /queries/v1/abort-request" -> queries.abortByRequest(call, open);
            default -> byId(call, open);
        }
    }

    private void byId(HttpCall call, OpenSession open) throws IOException {
        String[] parts = call.path().split("/", -1);
        String form =
                parts.length == 4
                        ? call.method() + " " + parts[1] + " " + parts[3]
                        : call.method() + " " + call.path();
        if (form.equals("GET queries result")) {
            queries.poll(call, open, parts[2]);
        } else if (form.equals("POST queries abort-request")) {
            queries.abort(call, open, parts[2]);
        } else if (parts.length == 4
                && call.method().equals("GET")
                && parts[1].equals("monitoring")
                && parts[2].equals("queries")) {
            queries.monitor(call, open, parts[3]);
        } else {
            call.status(404);
        }
    }

    private void chunk(HttpCall call) throws IOException {
        String[] parts = call.path().split("/", -1);
        boolean form = parts.length == 4 && parts[3].matches("\\d{1,6}");
        Optional<byte[]> chunk =
                form
                        ? chunks.chunk(
                                parts[2],
                                Integer.parseInt(parts[3]),
                                call.header(Chunks.TICKET_HEADER).orElse(""))
                        : Optional.empty();
        if (chunk.isPresent()) {
            call.gzipped(chunk.get(), !faults.takeCutChunk());
        } else {
            call.status(403);
        }
    }

    /// Cancels every query.
    public void close() {
        queries.close();
    }
}
