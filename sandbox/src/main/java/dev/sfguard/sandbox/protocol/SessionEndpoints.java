package dev.sfguard.sandbox.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.sandbox.SandboxSettings;
import dev.sfguard.sandbox.engine.Session;
import dev.sfguard.sandbox.engine.SnowflakeError;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Locale;

/// Login, renewal, heartbeat and close.
final class SessionEndpoints {
    private final SandboxSettings settings;
    private final Logins logins;

    SessionEndpoints(SandboxSettings settings, Logins logins) {
        this.settings = settings;
        this.logins = logins;
    }

    void login(HttpCall call) throws IOException, HttpCall.Unacceptable {
        JsonNode data = call.body().path("data");
        if (!data.path("AUTHENTICATOR").asText().equals("SNOWFLAKE_JWT")) {
            call.answer(
                    Answer.failure(
                            "390100",
                            "Incorrect username or password was specified. (The sandbox takes key-pair logins only.)"));
            return;
        }
        try {
            Session session =
                    logins.login(
                            data.path("ACCOUNT_NAME").asText(),
                            data.path("LOGIN_NAME").asText(),
                            data.path("TOKEN").asText(),
                            folded(call, "roleName"));
            session.start(
                    folded(call, "databaseName"),
                    folded(call, "schemaName"),
                    folded(call, "warehouse"),
                    data.path("SESSION_PARAMETERS")
                            .propertyStream()
                            .filter(parameter -> parameter.getValue().isValueNode())
                            .collect(
                                    java.util.stream.Collectors.toMap(
                                            java.util.Map.Entry::getKey,
                                            parameter -> parameter.getValue().asText())));
            call.answer(Answer.success(opened(session)));
        } catch (SnowflakeError e) {
            call.answer(Answer.failure(e.code(), e.text()));
        } catch (SQLException e) {
            throw new IOException("DuckDB opened no session", e);
        }
    }

    private ObjectNode opened(Session session) {
        Logins.Tokens tokens = logins.issue(session);
        ObjectNode data = Answer.NODES.objectNode();
        data.put("token", tokens.session());
        data.put("masterToken", tokens.master());
        data.put("validityInSeconds", settings.sessionTokenLife().toSeconds());
        data.put("masterValidityInSeconds", settings.masterTokenLife().toSeconds());
        data.put("displayUserName", session.user());
        data.put("serverVersion", "9.0.0 sandbox");
        data.put("firstLogin", false);
        // Any other number makes JDBC change its socket timeouts, for the whole process.
        data.put("healthCheckInterval", 45);
        data.put("sessionId", session.id());
        data.set("parameters", ResultBody.parameters(session.parameters()));
        data.putObject("sessionInfo")
                .put("databaseName", session.database())
                .put("schemaName", session.schema())
                .put("warehouseName", session.warehouse())
                .put("roleName", session.role());
        return data;
    }

    void renew(HttpCall call) throws IOException {
        switch (logins.renewable(call.token())) {
            case Logins.Entry.Turned(String code, String message) ->
                    call.answer(Answer.failure(code, message));
            case Logins.Entry.Admitted(OpenSession open) -> {
                Logins.Tokens tokens = logins.issue(open.session());
                ObjectNode data = Answer.NODES.objectNode();
                data.put("sessionToken", tokens.session());
                data.put("validityInSecondsST", settings.sessionTokenLife().toSeconds());
                data.put("masterToken", tokens.master());
                data.put("validityInSecondsMT", settings.masterTokenLife().toSeconds());
                data.put("sessionId", open.session().id());
                call.answer(Answer.success(data));
            }
        }
    }

    void close(HttpCall call, OpenSession session) throws IOException {
        logins.close(session);
        call.answer(Answer.success());
    }

    /// Names in a connection's settings fold like unquoted names.
    private static String folded(HttpCall call, String parameter) {
        return call.parameter(parameter).orElse("").toUpperCase(Locale.ROOT);
    }
}
