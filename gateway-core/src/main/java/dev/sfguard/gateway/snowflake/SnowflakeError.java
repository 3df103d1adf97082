package dev.sfguard.gateway.snowflake;

import org.jspecify.annotations.Nullable;

/// An error as every driver shows it: a code, an SQLState and a text for people.
///
/// Codes of sfguard's own begin with `098`, and their texts with `sfguard:`.
public record SnowflakeError(String code, @Nullable String sqlState, String message) {

    public static final String NOT_SIGNED_IN = "098010";
    public static final String BLOCKED = "098011";
    public static final String PENDING = "098012";
    public static final String DENIED = "098013";
    public static final String EXPIRED = "098014";
    public static final String CHANGED = "098015";
    public static final String NOT_RECORDED = "098016";
    public static final String LIMIT = "098017";
    public static final String UNREACHABLE = "098018";
    public static final String OUTCOME_UNKNOWN = "098019";
    public static final String NOT_UNDERSTOOD = "098020";

    public static SnowflakeError notSignedIn(String message) {
        return own(NOT_SIGNED_IN, "08001", message);
    }

    public static SnowflakeError blocked(String message) {
        return own(BLOCKED, "42501", message);
    }

    /// A rule holds the statement, and its client does not wait any longer. SQLState 57014: it was
    /// ended before it ran.
    public static SnowflakeError pending(String message) {
        return own(PENDING, "57014", message);
    }

    /// A person said no.
    public static SnowflakeError denied(String message) {
        return own(DENIED, "42501", message);
    }

    /// Nobody answered in time.
    public static SnowflakeError expired(String message) {
        return own(EXPIRED, "57014", message);
    }

    /// What was approved is not what would run now, or can never run. SQLState 55000: not in a
    /// state for it.
    public static SnowflakeError changed(String message) {
        return own(CHANGED, "55000", message);
    }

    public static SnowflakeError notRecorded() {
        return own(
                NOT_RECORDED,
                "58030",
                "the recording cannot be written, so the statement was not run. Ask the gateway's"
                        + " operator to look at its disk; then run the statement again.");
    }

    /// The limits of the policy cannot be kept, so nothing is run.
    public static SnowflakeError notCounted() {
        return own(
                NOT_RECORDED,
                "58030",
                "the statement cannot be counted for the policy's limits, so it was not run. Ask the"
                        + " gateway's operator to look at the disk of its store; then run the"
                        + " statement again.");
    }

    /// The statement was sent; only its answer is lost on us.
    public static SnowflakeError resultNotRecorded() {
        return own(
                NOT_RECORDED,
                "58030",
                "the statement was sent to Snowflake, but what came back cannot be recorded, so it is"
                        + " not shown. It may have run: check its effect in Snowflake's query history"
                        + " before you run it again. Ask the gateway's operator to look at its disk.");
    }

    public static SnowflakeError limit(String message) {
        return own(LIMIT, "53400", message);
    }

    /// Nothing was sent: the statement did not run.
    public static SnowflakeError unreachable(String message) {
        return own(UNREACHABLE, "08001", message);
    }

    /// The statement may have run. SQLState 08007: transaction resolution unknown.
    public static SnowflakeError outcomeUnknown(String message) {
        return own(OUTCOME_UNKNOWN, "08007", message);
    }

    /// SQLState 08P01: protocol violation.
    public static SnowflakeError notUnderstood(String message) {
        return own(NOT_UNDERSTOOD, "08P01", message);
    }

    public static SnowflakeError wrongPassword(String message) {
        return own("390100", "08001", message);
    }

    /// The client renews its token and repeats the call with the same request id.
    public static SnowflakeError tokenExpired() {
        return new SnowflakeError("390112", null, "Your session has expired. Please login again.");
    }

    /// The answer to a renewal that is not granted: the client has to sign in again.
    public static SnowflakeError signInAgain() {
        return new SnowflakeError(
                "390114",
                null,
                "Authentication token has expired.  The user must authenticate again.");
    }

    public static SnowflakeError sessionGone(String message) {
        return own("390111", "08003", message);
    }

    public static SnowflakeError queryNotFound(String queryId) {
        return new SnowflakeError("000709", "02000", "Statement " + queryId + " not found");
    }

    public static SnowflakeError canceled() {
        return new SnowflakeError("000604", "57014", "SQL execution canceled");
    }

    public static SnowflakeError notExecuting() {
        return new SnowflakeError(
                "000605", "02000", "Identified SQL statement is not currently executing.");
    }

    public static SnowflakeError statementCount(int actual, String desired) {
        return new SnowflakeError(
                "000008",
                "0A000",
                "Actual statement count "
                        + actual
                        + " did not match the desired statement count "
                        + desired
                        + ".");
    }

    public static SnowflakeError emptyStatement() {
        return new SnowflakeError(
                "000900", "42601", "SQL compilation error:\nEmpty SQL statement.");
    }

    private static SnowflakeError own(String code, String sqlState, String message) {
        return new SnowflakeError(code, sqlState, "sfguard: " + message);
    }
}
