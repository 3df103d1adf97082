package dev.sfguard.gateway.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.gateway.identity.Secret;
import dev.sfguard.gateway.snowflake.Json;
import dev.sfguard.gateway.sql.NameScope;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A session at Snowflake: holds its tokens, renews them when they end, shows them to nobody.
final class UpstreamSession {

    /// Snowflake no longer knows the session; nothing of the call was run.
    private static final Set<String> GONE =
            Set.of("390104", "390110", "390111", "390113", "390114", "390115", "390195");

    private final Upstream upstream;
    private final JsonNode login;
    private final Map<String, String> headers;
    private final ReentrantLock renewing = new ReentrantLock();
    private volatile Secret token;
    private volatile Secret master;
    private volatile String role;
    private volatile Optional<String> sticky = Optional.empty();
    private volatile NameScope scope;
    private volatile @Nullable String warehouse;

    UpstreamSession(Upstream upstream, JsonNode login, Map<String, String> headers) {
        this.upstream = upstream;
        this.login = login;
        this.headers = headers;
        this.token = Secret.of(login.path("token").asText());
        this.master = Secret.of(login.path("masterToken").asText());
        var info = login.path("sessionInfo");
        this.role = info.path("roleName").asText("");
        this.scope =
                new NameScope(
                        name(info.path("databaseName").textValue()),
                        name(info.path("schemaName").textValue()));
        this.warehouse = name(info.path("warehouseName").textValue());
    }

    /// What Snowflake answered to the login; holds tokens, so it is only read field by field.
    JsonNode login() {
        return login;
    }

    Upstream upstream() {
        return upstream;
    }

    /// The present database and schema, as the answer to the gateway's own last statement had
    /// them.
    NameScope scope() {
        return scope;
    }

    /// The present warehouse, as Snowflake's last answer had it.
    Optional<String> warehouse() {
        return Optional.ofNullable(warehouse);
    }

    /// Takes what an answer says of the present warehouse; nothing where it says nothing.
    void runsOn(@Nullable String reported) {
        var now = name(reported);
        if (now != null) {
            warehouse = now;
        }
    }

    /// @return empty when the answer does not say
    static Optional<NameScope> scopeOf(Map<String, String> context) {
        var database = context.get("finalDatabaseName");
        var schema = context.get("finalSchemaName");
        return database == null || schema == null
                ? Optional.empty()
                : Optional.of(new NameScope(name(database), name(schema)));
    }

    private static @Nullable String name(@Nullable String reported) {
        if (reported == null || reported.isEmpty()) {
            return null;
        }
        boolean quoted =
                reported.length() > 1 && reported.startsWith("\"") && reported.endsWith("\"");
        return quoted
                ? reported.substring(1, reported.length() - 1).replace("\"\"", "\"")
                : reported;
    }

    UpstreamReply query(String requestId, byte[] body) throws UpstreamFault {
        return call("POST", "/queries/v1/query-request?requestId=" + requestId, body);
    }

    UpstreamReply result(String queryId) throws UpstreamFault {
        return call(
                "GET", "/queries/" + queryId + "/result?requestId=" + UUID.randomUUID(), none());
    }

    JsonNode monitoring(String queryId) throws UpstreamFault {
        var path = "/monitoring/queries/" + queryId + "?requestId=" + UUID.randomUUID();
        return call("GET", path, none()).json();
    }

    void heartbeat() throws UpstreamFault {
        call("POST", "/session/heartbeat?requestId=" + UUID.randomUUID(), none()).close();
    }

    JsonNode abort(String requestId, String text) throws UpstreamFault {
        var body = Json.mapper().createObjectNode();
        body.put("sqlText", text);
        body.put("requestId", requestId);
        var path = "/queries/v1/abort-request?requestId=" + UUID.randomUUID();
        return call("POST", path, Upstream.bytes(body)).json();
    }

    JsonNode abortQuery(String queryId) throws UpstreamFault {
        var path = "/queries/" + queryId + "/abort-request?requestId=" + UUID.randomUUID();
        return call("POST", path, none()).json();
    }

    /// Runs a statement of the gateway's own and returns the whole answer.
    JsonNode run(String sql) throws UpstreamFault {
        var body = Json.mapper().createObjectNode();
        body.put("sqlText", sql);
        body.put("describeOnly", false);
        var answer = query(UUID.randomUUID().toString(), Upstream.bytes(body)).json();
        var now = answer.path("data").path("finalRoleName").textValue();
        if (now != null) {
            role = now;
        }
        var data = answer.path("data");
        runsOn(data.path("finalWarehouseName").textValue());
        if (data.has("finalDatabaseName") && data.has("finalSchemaName")) {
            scope =
                    new NameScope(
                            name(data.path("finalDatabaseName").textValue()),
                            name(data.path("finalSchemaName").textValue()));
        }
        return answer;
    }

    /// Under which role Snowflake answered the gateway's own last statement.
    String role() {
        return role;
    }

    /// Takes another role, and checks that Snowflake says so.
    void become(String role) throws UpstreamFault {
        Upstream.use(this, role);
    }

    void close() {
        try {
            call("POST", "/session?delete=true&requestId=" + UUID.randomUUID(), none()).close();
        } catch (UpstreamFault _) {
            // Snowflake ends it by itself when its time is over.
        }
    }

    /// One call; repeated once when the token has ended, with the same request id. An answer that
    /// the token has ended says that nothing was run.
    private UpstreamReply call(String method, String path, byte[] body) throws UpstreamFault {
        for (int attempt = 0; ; attempt++) {
            var used = token;
            var with = path + "&request_guid=" + UUID.randomUUID();
            var http = upstream.send(method, with, signed(used), body);
            Optional.ofNullable(http.header("x-snowflake-session"))
                    .ifPresent(value -> sticky = Optional.of(value));
            var reply = UpstreamReply.of(http);
            var error = reply.sessionError();
            if (error == null) {
                return reply;
            }
            if (GONE.contains(error) || attempt == 2) {
                throw new UpstreamFault.SessionGone(
                        "Snowflake ended the gateway's session (" + error + ")");
            }
            if (!"390112".equals(error)) {
                return reply;
            }
            renew(used);
        }
    }

    private Map<String, String> signed(Secret with) {
        var signed = new HashMap<>(headers);
        signed.put("Authorization", Upstream.authorization(with));
        sticky.ifPresent(value -> signed.put("x-snowflake-session", value));
        return signed;
    }

    private void renew(Secret ended) throws UpstreamFault {
        renewing.lock();
        try {
            if (!token.equals(ended)) {
                return;
            }
            var body = Json.mapper().createObjectNode();
            body.put("oldSessionToken", ended.reveal());
            body.put("requestType", "RENEW");
            var path =
                    "/session/token-request?requestId="
                            + UUID.randomUUID()
                            + "&request_guid="
                            + UUID.randomUUID();
            JsonNode answer;
            try (var reply =
                    UpstreamReply.of(
                            upstream.send("POST", path, signed(master), Upstream.bytes(body)))) {
                answer = reply.json();
            }
            var fresh = answer.path("data").path("sessionToken").asText("");
            if (!answer.path("success").asBoolean() || fresh.isEmpty()) {
                throw new UpstreamFault.SessionGone(
                        "Snowflake did not renew the gateway's session ("
                                + answer.path("code").asText("?")
                                + ")");
            }
            token = Secret.of(fresh);
            var freshMaster = answer.path("data").path("masterToken").asText("");
            if (!freshMaster.isEmpty()) {
                master = Secret.of(freshMaster);
            }
        } finally {
            renewing.unlock();
        }
    }

    private static byte[] none() {
        return new byte[0];
    }
}
