package dev.sfguard.gateway.sql;

/// What a statement does besides what its class says: `CREATE OR REPLACE` drops, `INSERT
/// OVERWRITE` truncates, a CTE may write, `GET` unloads. A rule matches the class *or* an
/// effect.
public enum Effect {
    INSERT,
    UPDATE,
    DELETE,
    MERGE,
    TRUNCATE,
    CREATE,
    ALTER,
    DROP,
    /// Who may see or do what: GRANT, REVOKE, roles, shares, access policies.
    GRANT,
    /// Data leaves by files: to a stage, to a location, by a URL.
    UNLOAD
}
