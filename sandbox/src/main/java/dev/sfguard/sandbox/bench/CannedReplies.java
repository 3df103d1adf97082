package dev.sfguard.sandbox.bench;

import java.nio.charset.StandardCharsets;

/// The scripted server's JSON, as text with as little computed as can be.
final class CannedReplies {
    private static final String PARAMETERS =
            """
            [{"name":"AUTOCOMMIT","value":true},{"name":"CLIENT_MEMORY_LIMIT","value":1536},\
            {"name":"CLIENT_RESULT_CHUNK_SIZE","value":160},\
            {"name":"CLIENT_PREFETCH_THREADS","value":4},\
            {"name":"CLIENT_TELEMETRY_ENABLED","value":false},\
            {"name":"CLIENT_SESSION_KEEP_ALIVE","value":false},\
            {"name":"CLIENT_STAGE_ARRAY_BINDING_THRESHOLD","value":0},\
            {"name":"BINARY_OUTPUT_FORMAT","value":"HEX"},{"name":"TIMEZONE","value":"UTC"},\
            {"name":"DATE_OUTPUT_FORMAT","value":"YYYY-MM-DD"},\
            {"name":"TIME_OUTPUT_FORMAT","value":"HH24:MI:SS"},\
            {"name":"TIMESTAMP_OUTPUT_FORMAT","value":"YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM"},\
            {"name":"TIMESTAMP_NTZ_OUTPUT_FORMAT","value":"YYYY-MM-DD HH24:MI:SS.FF3"},\
            {"name":"TIMESTAMP_LTZ_OUTPUT_FORMAT","value":""},\
            {"name":"TIMESTAMP_TZ_OUTPUT_FORMAT","value":""}]""";

    private static final String ONE_ROW_TYPE =
            """
            [{"name":"1","type":"fixed","precision":1,"scale":0,"length":null,"byteLength":null,\
            "nullable":false,"database":"","schema":"","table":"","collation":null}]""";

    private static final String STATUS_TYPE =
            """
            [{"name":"status","type":"text","precision":null,"scale":null,"length":16777216,\
            "byteLength":16777216,"nullable":true,"database":"","schema":"","table":"",\
            "collation":null}]""";

    static final int SELECT = 0x1000;
    static final int USE = 0x4300;
    static final int ALTER_SESSION = 0x4100;
    static final int TRANSACTION = 0x5000;

    static final byte[] DONE =
            reply("{\"data\":null,\"code\":null,\"message\":null,\"success\":true}");

    static final byte[] NOT_FOUND =
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    static final byte[] BAD_REQUEST =
            "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    private CannedReplies() {}

    static byte[] login(ScriptedSession session) {
        return reply(
                """
                {"data":{"token":"%s","masterToken":"%s","validityInSeconds":3600,\
                "masterValidityInSeconds":14400,"sessionId":%d,"displayUserName":"BENCH",\
                "serverVersion":"9.0.0","firstLogin":false,"healthCheckInterval":45,\
                "parameters":%s,"sessionInfo":{"databaseName":"BENCH","schemaName":"PUBLIC",\
                "warehouseName":"BENCH_WH","roleName":"%s"}},\
                "code":null,"message":null,"success":true}"""
                        .formatted(
                                session.token(),
                                session.masterToken(),
                                session.id(),
                                PARAMETERS,
                                session.role()));
    }

    static byte[] renewed(ScriptedSession session) {
        return reply(
                """
                {"data":{"sessionToken":"%s","masterToken":"%s","validityInSecondsST":3600,\
                "validityInSecondsMT":14400,"sessionId":%d},\
                "code":null,"message":null,"success":true}"""
                        .formatted(session.token(), session.masterToken(), session.id()));
    }

    static byte[] sessionGone() {
        return reply(
                """
                {"data":null,"code":"390104","message":"Session token is invalid.",\
                "success":false}""");
    }

    static byte[] monitoring(String queryId) {
        return reply(
                """
                {"data":{"queries":[{"id":"%s","status":"SUCCESS","state":"SUCCEEDED"}]},\
                "code":null,"message":null,"success":true}"""
                        .formatted(queryId));
    }

    static byte[] oneRow(ScriptedSession session, String queryId, boolean describe) {
        String rows = describe ? "" : "[\"1\"]";
        return reply(
                opening(ONE_ROW_TYPE, describe ? 0 : 1)
                        + rows
                        + closing(session, queryId, SELECT, ""));
    }

    static byte[] status(ScriptedSession session, String queryId, int statementType) {
        return reply(
                opening(STATUS_TYPE, 1)
                        + "[\"Statement executed successfully.\"]"
                        + closing(session, queryId, statementType, ""));
    }

    /// Everything of a result before its first row.
    static String opening(String rowType, long rows) {
        return """
        {"data":{"parameters":[],"rowtype":%s,"total":%d,"returned":%d,"rowset":["""
                .formatted(rowType, rows, rows);
    }

    /// Everything of a result after its last inline row.
    ///
    /// @param chunks the members that announce chunks, with a leading comma, or nothing
    static String closing(
            ScriptedSession session, String queryId, int statementType, String chunks) {
        return """
        ]%s,"queryId":"%s","databaseProvider":null,"finalDatabaseName":"BENCH",\
        "finalSchemaName":"PUBLIC","finalWarehouseName":"BENCH_WH","finalRoleName":"%s",\
        "numberOfBinds":0,"arrayBindSupported":false,"statementTypeId":%d,"version":1,\
        "sendResultTime":1795000000000,"queryResultFormat":"json",\
        "queryContext":{"entries":[]}},"code":null,"message":null,"success":true}"""
                .formatted(chunks, queryId, session.role(), statementType);
    }

    static byte[] reply(String json) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        byte[] head = head(body.length, "");
        byte[] whole = new byte[head.length + body.length];
        System.arraycopy(head, 0, whole, 0, head.length);
        System.arraycopy(body, 0, whole, head.length, body.length);
        return whole;
    }

    static byte[] head(long length, String moreHeaders) {
        return ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                        + length
                        + "\r\n"
                        + moreHeaders
                        + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }
}
