package dev.sfguard.gateway.store;

/// Up to where the counts of one identity may have come: never less than what it has used.
///
/// @param subject unique within the issuer
/// @param minute since the epoch, in which the statements were asked
/// @param day since the epoch, UTC, on which the rows were delivered
public record StoredUsage(
        String issuer, String subject, long minute, long statements, long day, long rows) {}
