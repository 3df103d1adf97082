package dev.sfguard.gateway.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.sfguard.gateway.approval.Approval;
import dev.sfguard.gateway.recording.Recording;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingFailed;
import dev.sfguard.gateway.store.StoredApproval.Person;
import dev.sfguard.gateway.store.StoredApproval.Vote;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Which steps of held statements stand in a session's recording already. The store is the truth;
/// each step is written here once, whoever comes first: the statement's client, the reviewer's
/// answer, or the gateway's next start.
final class HeldEvents {

    private static final class Told {
        private boolean held;
        private boolean ended;
        private final Set<String> voters = new HashSet<>();
    }

    /// By request and statement: the identical statement may come again in the same session.
    private final Map<String, Told> requests = new HashMap<>();
    private final ReentrantLock lock = new ReentrantLock();

    /// Takes an event that was recorded before a restart.
    void recorded(RecordingEvent event) {
        switch (event) {
            case RecordingEvent.Held it -> of(it.request(), it.statement()).held = true;
            case RecordingEvent.Approved it ->
                    of(it.request(), it.statement()).voters.add(voter(it.subject(), it.issuer()));
            case RecordingEvent.Denied it -> {
                var told = of(it.request(), it.statement());
                told.voters.add(voter(it.subject(), it.issuer()));
                told.ended = true;
            }
            case RecordingEvent.Expired it -> of(it.request(), it.statement()).ended = true;
            case RecordingEvent.Withdrawn it -> of(it.request(), it.statement()).ended = true;
            default -> {}
        }
    }

    private Told of(String request, long statement) {
        return requests.computeIfAbsent(request + " " + statement, _ -> new Told());
    }

    /// Writes the steps that are not in the recording yet. They are durable with its next commit.
    ///
    /// @param withdrawnBy who took it back, if somebody did
    void tell(Recording recording, long statement, Approval approval, @Nullable String withdrawnBy)
            throws RecordingFailed {
        lock.lock();
        try {
            var told = of(approval.id(), statement);
            answers(recording, statement, approval, told);
            if (!told.ended) {
                end(recording, statement, approval, told, withdrawnBy);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Writes whose yes an identical statement uses that an approval for some time lets through.
    void tellGrant(Recording recording, long statement, Approval approval) throws RecordingFailed {
        lock.lock();
        try {
            answers(recording, statement, approval, of(approval.id(), statement));
        } finally {
            lock.unlock();
        }
    }

    private static void answers(Recording recording, long statement, Approval approval, Told told)
            throws RecordingFailed {
        var stored = approval.stored();
        if (!told.held) {
            recording.append(
                    new RecordingEvent.Held(
                            statement,
                            approval.id(),
                            approval.shown().rule(),
                            approval.groups(),
                            stored.expires()));
            told.held = true;
        }
        for (var vote : stored.votes()) {
            if (!told.voters.contains(voter(vote.by()))) {
                recording.append(vote(statement, approval, vote));
                told.voters.add(voter(vote.by()));
            }
        }
    }

    private static void end(
            Recording recording,
            long statement,
            Approval approval,
            Told told,
            @Nullable String withdrawnBy)
            throws RecordingFailed {
        switch (approval.state()) {
            case EXPIRED -> {
                recording.append(new RecordingEvent.Expired(statement, approval.id()));
                told.ended = true;
            }
            case WITHDRAWN -> {
                recording.append(
                        new RecordingEvent.Withdrawn(
                                statement,
                                approval.id(),
                                withdrawnBy == null ? "gateway" : withdrawnBy));
                told.ended = true;
            }
            case DENIED -> told.ended = true;
            case PENDING, APPROVED, SENT, DONE, UNKNOWN -> {}
        }
    }

    private static RecordingEvent vote(long statement, Approval approval, Vote vote) {
        var by = vote.by();
        if (!vote.approves()) {
            return new RecordingEvent.Denied(
                    statement,
                    approval.id(),
                    by.name(),
                    by.subject(),
                    by.issuer(),
                    vote.reason(),
                    vote.at());
        }
        return new RecordingEvent.Approved(
                statement,
                approval.id(),
                by.name(),
                by.subject(),
                by.issuer(),
                vote.reason(),
                vote.at(),
                decides(approval, vote));
    }

    /// Whether this yes was the last that was needed.
    private static boolean decides(Approval approval, Vote vote) {
        var votes = approval.stored().votes();
        var upTo = votes.subList(0, votes.indexOf(vote) + 1);
        var needed = approval.stored().needed();
        for (int i = 0; i < needed.size(); i++) {
            long bit = 1L << i;
            long yes = upTo.stream().filter(v -> v.approves() && (v.meets() & bit) != 0).count();
            if (yes < needed.get(i)) {
                return false;
            }
        }
        return true;
    }

    private static String voter(Person person) {
        return voter(person.subject(), person.issuer());
    }

    private static String voter(String subject, String issuer) {
        return issuer + " " + subject;
    }

    /// Writes what {@link #read} reads: of requests that have not ended.
    void write(ArrayNode array) {
        lock.lock();
        try {
            requests.forEach(
                    (key, told) -> {
                        if (!told.ended) {
                            var json = array.addObject();
                            json.put("key", key);
                            json.put("held", told.held);
                            var voters = json.putArray("voters");
                            told.voters.forEach(voters::add);
                        }
                    });
        } finally {
            lock.unlock();
        }
    }

    void read(JsonNode array) {
        for (var json : array) {
            var told = requests.computeIfAbsent(json.path("key").asText(), _ -> new Told());
            told.held |= json.path("held").asBoolean();
            json.path("voters").forEach(voter -> told.voters.add(voter.asText()));
        }
    }
}
