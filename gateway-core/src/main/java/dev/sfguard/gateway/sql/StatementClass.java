package dev.sfguard.gateway.sql;

import java.util.Arrays;
import java.util.Set;

/// What a statement is, by its leading words. `OTHER` is a class of its own: a statement
/// whose first word is unknown, and which a policy must name to let through.
public enum StatementClass {
    SELECT,
    INSERT(Effect.INSERT),
    UPDATE(Effect.UPDATE),
    DELETE(Effect.DELETE),
    MERGE(Effect.MERGE, Effect.INSERT, Effect.UPDATE),
    TRUNCATE(Effect.TRUNCATE),
    CREATE(Effect.CREATE),
    ALTER(Effect.ALTER),
    ALTER_SESSION,
    ALTER_USER(Effect.ALTER, Effect.GRANT),
    DROP(Effect.DROP),
    UNDROP,
    GRANT(Effect.GRANT),
    REVOKE(Effect.GRANT),
    COPY_LOAD(Effect.INSERT),
    COPY_UNLOAD(Effect.UNLOAD),
    PUT,
    GET(Effect.UNLOAD),
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
    OTHER;

    // Made by Set.copyOf, which nobody can change.
    @SuppressWarnings("ImmutableEnumChecker")
    private final Set<Effect> implied;

    StatementClass(Effect... implied) {
        this.implied = Set.copyOf(Arrays.asList(implied));
    }

    /// The effects that go with the class itself: whoever allows MERGE allows its updates and
    /// inserts, but not its deletes. A statement may have fewer of them, and more.
    public Set<Effect> implied() {
        return implied;
    }
}
