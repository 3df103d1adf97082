package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.identity.Identity;
import java.time.Instant;
import java.util.Optional;

/// One entry of `limits`.
///
/// @param line where it stands in the file
record Limit(
        String name,
        int line,
        Optional<People> who,
        Optional<People> unless,
        Optional<Long> rowsPerStatement,
        Optional<Long> rowsPerDay,
        Optional<Long> statementsPerMinute,
        Limits.Excess excess) {

    boolean isFor(Identity identity) {
        return who.map(people -> people.include(identity)).orElse(true)
                && !unless.map(people -> people.include(identity)).orElse(false);
    }

    /// The refusal, when something of it is used up.
    Optional<Decision.Deny> exhausted(String file, Usage usage, Instant now) {
        if (statementsPerMinute.filter(most -> usage.statementsThisMinute() > most).isPresent()) {
            return Optional.of(
                    deny(
                            file,
                            "more than %d statements in one minute. Run it again in %d s, when the next minute begins."
                                    .formatted(
                                            statementsPerMinute.get(),
                                            60 - Math.floorMod(now.getEpochSecond(), 60L))));
        }
        if (rowsPerDay.filter(most -> usage.rowsToday() >= most).isPresent()) {
            return Optional.of(
                    deny(
                            file,
                            "%d rows were delivered today, and %d a day is the most. It begins anew at midnight UTC; for more ask whoever keeps the policy."
                                    .formatted(usage.rowsToday(), rowsPerDay.get())));
        }
        return Optional.empty();
    }

    private Decision.Deny deny(String file, String why) {
        return new Decision.Deny(
                name,
                "Denied by limit \"%s\" (%s:%d): %s".formatted(name, file, line, why),
                Decision.Why.LIMIT);
    }

    Optional<Limits.Rows> ofStatement() {
        return rowsPerStatement.map(most -> new Limits.Rows(name, most, excess));
    }

    Optional<Limits.Rows> ofDay() {
        return rowsPerDay.map(most -> new Limits.Rows(name, most, excess));
    }
}
