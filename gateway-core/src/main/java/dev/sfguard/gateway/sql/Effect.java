package dev.sfguard.gateway.sql;

/// What a statement does besides what its class says: `CREATE OR REPLACE` drops, `INSERT OVERWRITE`
/// truncates, a CTE may write, `GET` unloads. A rule matches the class *or* an effect.
public enum Effect {
    INSERT,
    UPDATE,
    DELETE,
    MERGE,
    TRUNCATE,
    CREATE,
    ALTER,
    DROP,
    GRANT,
    UNLOAD
}
