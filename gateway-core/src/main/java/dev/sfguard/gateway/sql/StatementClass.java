package dev.sfguard.gateway.sql;

/// What a statement is, by its leading words. `OTHER` is a class of its own: a statement whose
/// first word is
/// unknown, and which a policy must name to let through.
public enum StatementClass {
    SELECT,
    INSERT,
    UPDATE,
    DELETE,
    MERGE,
    TRUNCATE,
    CREATE,
    ALTER,
    ALTER_SESSION,
    ALTER_USER,
    DROP,
    UNDROP,
    GRANT,
    REVOKE,
    COPY_LOAD,
    COPY_UNLOAD,
    PUT,
    GET,
    LIST,
    REMOVE,
    CALL,
    EXECUTE,
    SCRIPT,
    SHOW,
    DESCRIBE,
    USE,
    USE_ROLE,
    SET,
    UNSET,
    BEGIN,
    COMMIT,
    ROLLBACK,
    EXPLAIN,
    COMMENT,
    OTHER
}
