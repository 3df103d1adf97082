package dev.sfguard.gateway.approval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.store.StoredApproval;
import dev.sfguard.gateway.store.StoredApproval.Person;
import dev.sfguard.gateway.store.StoredApproval.State;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/// A held statement: what was asked, how far it is, who said what.
public record Approval(StoredApproval stored, Shown shown) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    static Approval of(StoredApproval stored) {
        try {
            return new Approval(stored, JSON.readValue(stored.facts(), Shown.class));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "the store holds a request that is not readable: " + stored.id(), e);
        }
    }

    static String facts(Shown shown) {
        try {
            return JSON.writeValueAsString(shown);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("every Shown is JSON", e);
        }
    }

    public String id() {
        return stored.id();
    }

    public State state() {
        return stored.state();
    }

    public boolean isOpen() {
        return state() == State.PENDING;
    }

    /// The identity asked for it himself, or has the name of who did at another issuer: it does not
    /// answer. Whether it may see the request is {@link #wasAskedBy}.
    public boolean isOf(Identity who) {
        return stored.requester().is(person(who));
    }

    /// The very identity that asked.
    public boolean wasAskedBy(Identity who) {
        return stored.requester().comesAs(person(who));
    }

    /// The identity may answer: it is in one of the rule's groups, and did not ask. Being an
    /// administrator opens nothing.
    public boolean mayBeAnsweredBy(Identity who) {
        return !isOf(who) && meets(who) != 0;
    }

    /// The identity may know of it: who asked, who may answer, and who has answered.
    public boolean mayBeSeenBy(Identity who) {
        return wasAskedBy(who) || meets(who) != 0 || gaveAnAnswer(who);
    }

    /// The very identity has answered; also when it is in none of the groups any more.
    boolean gaveAnAnswer(Identity who) {
        return stored.votes().stream().anyMatch(vote -> vote.by().comesAs(person(who)));
    }

    /// The person has answered, through whichever issuer: it does not answer again.
    public boolean hasAnswered(Identity who) {
        return stored.votes().stream().anyMatch(vote -> vote.by().is(person(who)));
    }

    /// How many people's yes count for a demand so far.
    ///
    /// @param demand its place among {@link Shown#approvers}
    public long met(int demand) {
        return stored.votes().stream()
                .filter(vote -> vote.approves() && (vote.meets() & 1L << demand) != 0)
                .count();
    }

    /// The identity's yes alone is enough.
    boolean isDecidedBy(Identity who) {
        long all = (1L << shown.approvers().size()) - 1;
        return meets(who) == all && stored.needed().stream().allMatch(needed -> needed == 1);
    }

    /// Which of the demands a yes of this person counts for: bit 0 for the first.
    long meets(Identity who) {
        long bits = 0;
        for (int i = 0; i < shown.approvers().size(); i++) {
            if (!Collections.disjoint(who.groups(), shown.approvers().get(i).groups())) {
                bits |= 1L << i;
            }
        }
        return bits;
    }

    /// The groups of whom somebody has to say yes, in alphabetical order.
    public Set<String> groups() {
        var groups = new TreeSet<String>();
        shown.approvers().forEach(demand -> groups.addAll(demand.groups()));
        return groups;
    }

    static Person person(Identity who) {
        return new Person(who.subject(), who.issuer(), who.name());
    }
}
