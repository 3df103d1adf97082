package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.approval.Approval;
import dev.sfguard.gateway.snowflake.SnowflakeError;
import dev.sfguard.gateway.store.StoredApproval.Vote;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What the client of a held statement is told when it does not run: what, which rule, what next.
final class HeldErrors {

    private HeldErrors() {}

    static SnowflakeError pending(Approval approval) {
        return SnowflakeError.pending(
                "rule \"%1$s\" holds this statement until somebody of %2$s approves it. It is request %3$s, and waits until %4$s. See it with: sfguard requests %3$s; they answer with: sfguard approve %3$s. Send the same statement again after that.%5$s"
                        .formatted(
                                approval.shown().rule(),
                                groups(approval),
                                approval.id(),
                                approval.stored().expires(),
                                message(approval)));
    }

    static SnowflakeError denied(Approval approval) {
        var no = approval.stored().votes().stream().filter(vote -> !vote.approves()).findFirst();
        return SnowflakeError.denied(
                "%s denied request %s, which rule \"%s\" asks for%s. The statement did not run. See it with: sfguard requests %2$s"
                        .formatted(
                                no.map(vote -> vote.by().name()).orElse("a reviewer"),
                                approval.id(),
                                approval.shown().rule(),
                                no.map(HeldErrors::reason).orElse("")));
    }

    private static String reason(Vote vote) {
        return vote.reason().isEmpty() ? "" : ": \"" + vote.reason() + "\"";
    }

    static SnowflakeError expired(Approval approval) {
        return SnowflakeError.expired(
                "request %s, which rule \"%s\" asks for, expired at %s, and the statement did not run. %s Send it again for a new request.%s"
                        .formatted(
                                approval.id(),
                                approval.shown().rule(),
                                approval.stored().expires(),
                                approval.stored().votes().isEmpty()
                                        ? "Nobody of " + groups(approval) + " answered it."
                                        : "Not all that it needs came in time, or nobody came for the answer.",
                                message(approval)));
    }

    static SnowflakeError changed(Approval approval, String what) {
        return SnowflakeError.changed(
                "request %s (rule \"%s\") does not stand for this statement any more: %s. It did not run. Send it again for a new request."
                        .formatted(approval.id(), approval.shown().rule(), what));
    }

    static SnowflakeError contextChanged(Approval approval) {
        return changed(
                approval, "the session's context, its parameters or who asks is not what it was");
    }

    /// @param by null when a former process of the gateway did it
    static SnowflakeError withdrawn(Approval approval, @Nullable String by) {
        return "client".equals(by) ? SnowflakeError.canceled() : changed(approval, because(by));
    }

    /// It was approved, and taken back before its turn came.
    static SnowflakeError stopped(String by) {
        return SnowflakeError.changed(
                because(by)
                        + " while it waited for its turn. It did not run. Send it again for a new"
                        + " request.");
    }

    private static String because(@Nullable String by) {
        return "it was withdrawn" + (by == null ? "" : " by " + by);
    }

    /// The identical statement came again, and waits in this one's place.
    static SnowflakeError taken(Approval approval) {
        return changed(approval, "the same statement, sent again, took it over");
    }

    /// The use was taken, and nothing stands in the recording of it: nothing was sent.
    static SnowflakeError spent(Approval approval) {
        return changed(
                approval,
                "its one use was taken, and the gateway was stopped before it sent anything");
    }

    private static String groups(Approval approval) {
        return approval.groups().stream().collect(Collectors.joining(", "));
    }

    private static String message(Approval approval) {
        var message = approval.shown().message();
        return message == null ? "" : " " + message;
    }
}
