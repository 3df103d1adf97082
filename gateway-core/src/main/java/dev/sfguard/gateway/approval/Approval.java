package dev.sfguard.gateway.approval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.store.StoredApproval;
import dev.sfguard.gateway.store.StoredApproval.Person;
import dev.sfguard.gateway.store.StoredApproval.State;
import java.util.Collections;

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

    /// The identity asked for it himself.
    public boolean isOf(Identity who) {
        return stored.requester().is(person(who));
    }

    /// The identity may answer: it is in one of the rule's groups, and did not ask. Being an
    /// administrator opens nothing.
    public boolean mayBeAnsweredBy(Identity who) {
        return !isOf(who) && !Collections.disjoint(who.groups(), shown.approvers());
    }

    static Person person(Identity who) {
        return new Person(who.subject(), who.issuer(), who.name());
    }
}
