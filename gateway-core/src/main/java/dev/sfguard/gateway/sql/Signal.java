package dev.sfguard.gateway.sql;

/// A construct in a statement's tokens that a policy or the proxy must know of, whatever the
/// statement's class.
public sealed interface Signal {

    /// `SYSTEM$…` or another function that always needs a look; the name is folded to upper case.
    record SystemFunction(String name) implements Signal {}

    /// `RESULT_SCAN('id')` with a constant query id.
    record ResultScan(String queryId) implements Signal {}

    /// `RESULT_SCAN` of anything that is not a constant id; `LAST_QUERY_ID()` without arguments is
    /// {@link LastResultScan}.
    record ComputedResultScan() implements Signal {}

    /// `RESULT_SCAN(LAST_QUERY_ID())`: this session's own last statement.
    record LastResultScan() implements Signal {}

    /// `USE SECONDARY ROLES …`; the argument folded to upper case.
    record SecondaryRoles(String argument) implements Signal {}

    /// `USE ROLE name`; the name as Snowflake folds it.
    record RoleChange(String role) implements Signal {}

    /// `@~…`: the user stage, which everybody behind one service user would share.
    record UserStage() implements Signal {}

    /// A function or view that shows other people's statements or logins: `QUERY_HISTORY…`,
    /// `ACCESS_HISTORY`,
    /// `LOGIN_HISTORY`, folded to upper case.
    record History(String name) implements Signal {}

    /// `GET_PRESIGNED_URL`, `BUILD_SCOPED_FILE_URL` and their like, folded to upper case.
    record FileUrl(String name) implements Signal {}

    /// `ALTER SESSION SET name = literal`, or `UNSET name` when the value is null. The name is
    /// folded to upper
    /// case; the value is the literal's content, or the token as written when it is no literal.
    record SessionParameter(String name, @org.jspecify.annotations.Nullable String value)
            implements Signal {}

    /// A temporary object is created: the session cannot be replaced silently any more.
    record TemporaryObject() implements Signal {}

    /// `CREATE`, `ALTER` or `DROP` of a user, or of its keys, tokens, factors.
    record UserChange() implements Signal {}
}
