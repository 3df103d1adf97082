package dev.sfguard.gateway.policy;

/// What one identity has used up to now, over all of its sessions.
///
/// @param statementsThisMinute asked in the present minute, this one included
/// @param rowsToday delivered since midnight, UTC
public record Usage(long statementsThisMinute, long rowsToday) {
    /// Of somebody whose first statement this is.
    public static final Usage NONE = new Usage(1, 0);
}
