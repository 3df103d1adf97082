package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.sql.Signal;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What no rule can allow. One Snowflake user stands behind everybody, so some of what
/// Snowflake lets a user do with its own things reaches into everybody's.
final class AlwaysRefused {
    /// SYSTEM$ functions that only tell something about an object or a value. What is not
    /// here changes, cancels, runs text or shows what is not the session's own.
    static final Set<String> HARMLESS_SYSTEM_FUNCTIONS =
            Set.of(
                    "SYSTEM$TYPEOF",
                    "SYSTEM$WAIT",
                    "SYSTEM$CLUSTERING_DEPTH",
                    "SYSTEM$CLUSTERING_INFORMATION",
                    "SYSTEM$CLUSTERING_RATIO",
                    "SYSTEM$CURRENT_USER_TASK_NAME",
                    "SYSTEM$ESTIMATE_SEARCH_OPTIMIZATION_COSTS",
                    "SYSTEM$GET_TAG",
                    "SYSTEM$LAST_CHANGE_COMMIT_TIME",
                    "SYSTEM$PIPE_STATUS",
                    "SYSTEM$STREAM_GET_TABLE_TIMESTAMP",
                    "SYSTEM$STREAM_HAS_DATA",
                    "SYSTEM$ALLOWLIST",
                    "SYSTEM$WHITELIST");

    private final Set<UnsafeAllow> opened;

    AlwaysRefused(Set<UnsafeAllow> opened) {
        this.opened = Set.copyOf(opened);
    }

    /// The refusal of the first signal that calls for one.
    Optional<Decision.Deny> refusal(List<Signal> signals, SessionView session) {
        return signals.stream()
                .flatMap(signal -> reason(signal, session).stream())
                .filter(reason -> !opened.contains(reason.opener()))
                .map(reason -> new Decision.Deny(Policy.ALWAYS_REFUSED, reason.message()))
                .findFirst();
    }

    private record Reason(UnsafeAllow opener, String what, String why, String next) {
        String message() {
            return "Denied, whatever the policy says: %s %s %s".formatted(what, why, next);
        }
    }

    private static Optional<Reason> reason(Signal signal, SessionView session) {
        return switch (signal) {
            case Signal.UserChange _ -> Optional.of(users());
            case Signal.SecondaryRoles(String argument) ->
                    argument.equals("NONE") ? Optional.empty() : Optional.of(secondaryRoles());
            case Signal.SystemFunction(String name) ->
                    HARMLESS_SYSTEM_FUNCTIONS.contains(name)
                            ? Optional.empty()
                            : Optional.of(systemFunction(name));
            case Signal.FileUrl(String name) -> Optional.of(fileUrl(name));
            case Signal.UserStage _ -> Optional.of(userStage());
            case Signal.ResultScan(String id) ->
                    session.ranQuery().test(id) ? Optional.empty() : Optional.of(foreignResult(id));
            case Signal.ComputedResultScan _ -> Optional.of(computedResult());
            case Signal.History(String name) -> Optional.of(history(name));
            case Signal.SearchPath _ -> Optional.of(searchPath());
            case Signal.Computed(String what) -> Optional.of(computed(what));
            case Signal.LastResultScan _,
                    Signal.RoleChange _,
                    Signal.ComputedRoleChange _,
                    Signal.SessionParameter _,
                    Signal.SessionVariable _,
                    Signal.TemporaryObject _,
                    Signal.Unseen _ ->
                    Optional.empty();
        };
    }

    private static Reason users() {
        return new Reason(
                UnsafeAllow.USERS,
                "users, their keys, tokens and factors are not changed through the gateway.",
                "One Snowflake user stands behind everybody here, and a token of it would work"
                        + " around the gateway.",
                "Ask the administrators of the Snowflake account.");
    }

    private static Reason secondaryRoles() {
        return new Reason(
                UnsafeAllow.SECONDARY_ROLES,
                "secondary roles stay NONE.",
                "They would add the rights of every role of the shared user to yours.",
                "Work with the role that you were given, or ask for another one.");
    }

    private static Reason systemFunction(String name) {
        return new Reason(
                UnsafeAllow.SYSTEM_FUNCTIONS,
                Denials.shown(name) + " is not among the system functions that only read.",
                "Others stop sessions, run text or reach what is not yours.",
                "Leave it out, or ask the gateway's operator to run it.");
    }

    private static Reason fileUrl(String name) {
        return new Reason(
                UnsafeAllow.FILE_URLS,
                Denials.shown(name) + " makes an address from which files leave past the gateway.",
                "What is fetched there is neither checked nor recorded.",
                "Read the data with a query instead.");
    }

    private static Reason userStage() {
        return new Reason(
                UnsafeAllow.USER_STAGE,
                "the user stage @~ is not available.",
                "One Snowflake user stands behind everybody here, so its files are everybody's.",
                "Use a named stage.");
    }

    private static Reason foreignResult(String id) {
        return new Reason(
                UnsafeAllow.FOREIGN_RESULT_SCAN,
                "the result of query \"%s\" is not this session's.".formatted(Denials.shown(id)),
                "Results are shown only to the session that ran the query.",
                "Run the query again in this session.");
    }

    private static Reason computedResult() {
        return new Reason(
                UnsafeAllow.FOREIGN_RESULT_SCAN,
                "RESULT_SCAN needs a constant query id, or LAST_QUERY_ID().",
                "Only then can be seen whose result it is.",
                "Write the id into the statement.");
    }

    private static Reason history(String name) {
        return new Reason(
                UnsafeAllow.HISTORY,
                Denials.shown(name) + " shows other people's statements and logins.",
                "One Snowflake user stands behind everybody here, so it would show everybody's.",
                "To see your own statements, use: sfguard sessions");
    }

    private static Reason searchPath() {
        return new Reason(
                UnsafeAllow.SEARCH_PATH,
                "SEARCH_PATH stays as it is.",
                "Names in your statements would mean other objects than the policy takes them for.",
                "Write names with database and schema.");
    }

    private static Reason computed(String what) {
        return new Reason(
                UnsafeAllow.COMPUTED_SQL,
                what + " is put together only when it runs.",
                "Nobody can say beforehand what it reads or does.",
                "Write the name or the statement itself.");
    }
}
