package dev.sfguard.gateway.sql;

import org.jspecify.annotations.Nullable;

/// A construct in a statement's tokens that a policy or the proxy must know of, whatever the
/// statement's class. Names are folded to upper case, quoted or not: a session may run with
/// `QUOTED_IDENTIFIERS_IGNORE_CASE`.
public sealed interface Signal {

    /// A function of the family `SYSTEM$…`.
    record SystemFunction(String name) implements Signal {}

    /// `RESULT_SCAN('id')` or `DESCRIBE RESULT 'id'` with a constant query id.
    record ResultScan(String queryId) implements Signal {}

    /// `RESULT_SCAN` of anything that is neither a constant id nor the session's own last
    /// ones.
    record ComputedResultScan() implements Signal {}

    /// `RESULT_SCAN(LAST_QUERY_ID())`, with or without a number: a statement of this very
    /// session.
    record LastResultScan() implements Signal {}

    /// `USE SECONDARY ROLES …`; the argument's first word folded to upper case, `NONE` or
    /// another.
    record SecondaryRoles(String argument) implements Signal {}

    /// `USE ROLE name`; the name as Snowflake folds it: upper case unless quoted.
    record RoleChange(String role) implements Signal {}

    /// `USE ROLE` of something that is not a constant name.
    record ComputedRoleChange() implements Signal {}

    /// `@~…`: the user stage, which everybody behind one service user would share.
    record UserStage() implements Signal {}

    /// A function or view that shows other people's statements or logins: `QUERY_HISTORY…`,
    /// `ACCESS_HISTORY`, `LOGIN_HISTORY`.
    record History(String name) implements Signal {}

    /// `GET_PRESIGNED_URL`, `BUILD_SCOPED_FILE_URL` and their like.
    record FileUrl(String name) implements Signal {}

    /// A name or a statement that is put together at run time, so that nothing here can know
    /// it: `IDENTIFIER($x)`, `TABLE(?)`, `EXECUTE IMMEDIATE 'a' || 'b'`, `EXECUTE IMMEDIATE
    /// FROM @s`.
    ///
    /// @param what the construct's words, for people
    record Computed(String what) implements Signal {}

    /// `ALTER SESSION SET name = value`, or `UNSET name` when the value is null. The name is
    /// folded to upper case; the value is the literal's content, or the token as written when
    /// it is none.
    record SessionParameter(String name, @Nullable String value) implements Signal {}

    /// `SEARCH_PATH` is set or unset, of whatever object: names would resolve elsewhere.
    record SearchPath() implements Signal {}

    /// `SET name = …` or `UNSET name`: a variable of the session.
    record SessionVariable(String name) implements Signal {}

    /// A temporary object is created: the session cannot be replaced silently any more.
    record TemporaryObject() implements Signal {}

    /// `CREATE`, `ALTER` or `DROP` of a user, or of its keys, tokens, factors.
    record UserChange() implements Signal {}

    /// Something that the statement reads or calls and that nothing here can look into: beyond
    /// the accesses of {@link Objects}, it may touch any object of the account. Whoever protects
    /// an object from the asker must refuse.
    ///
    /// @param what its name, for people
    record Unseen(Cause cause, String what) implements Signal {

        /// Why nothing can look into it.
        public enum Cause {
            /// A view without a definition, or with one that cannot be followed.
            VIEW,
            /// A dynamic table, a stream, an external table, the files of a table's stage: its rows
            /// come from elsewhere.
            DERIVED,
            /// A table or view that the catalog does not know.
            NOT_IN_CATALOG,
            /// A function that is not Snowflake's own.
            FUNCTION,
            /// A schema or database with all that is in it, also what the catalog does not know.
            CONTAINER
        }
    }
}
