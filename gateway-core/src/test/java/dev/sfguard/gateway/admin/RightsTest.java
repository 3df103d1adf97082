package dev.sfguard.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.gateway.approval.Samples;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.recording.SessionSummary;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RightsTest {
    private final Rights rights = new Rights(Set.of("readers"), Set.of("raw"), Set.of("admins"));
    private final SessionSummary anas =
            new SessionSummary(
                    "S",
                    SessionSummary.State.LIVE,
                    "g",
                    "ana@acme.io",
                    "sub-ana",
                    "https://idp.acme.io",
                    "human",
                    "app",
                    "JDBC",
                    "4",
                    "shop",
                    "R",
                    Instant.EPOCH,
                    Instant.EPOCH,
                    0,
                    0,
                    0,
                    0,
                    0);

    @Test
    void everybody_reads_and_ends_their_own() {
        assertThat(can(Samples.person("ana"))).isEqualTo("read raw end");
        assertThat(can(Samples.person("bo"))).isEmpty();
        var twin =
                new Identity(
                        "sub-ana",
                        "ana@acme.io",
                        Identity.Kind.HUMAN,
                        Set.of(),
                        "https://other.example",
                        Instant.MAX);
        assertThat(can(twin)).isEmpty();
    }

    @Test
    void each_group_opens_its_own_door_and_no_other() {
        assertThat(can(Samples.person("bo", "readers"))).isEqualTo("read");
        assertThat(can(Samples.person("bo", "raw"))).isEqualTo("read raw");
        assertThat(can(Samples.person("bo", "admins"))).isEqualTo("end");
        assertThat(can(Samples.person("bo", "Admins", "dba"))).isEmpty();
    }

    private String can(Identity who) {
        return ((rights.reads(who, anas) ? "read " : "")
                        + (rights.readsRaw(who, anas) ? "raw " : "")
                        + (rights.ends(who, anas) ? "end" : ""))
                .strip();
    }
}
