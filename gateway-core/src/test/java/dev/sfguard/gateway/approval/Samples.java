package dev.sfguard.gateway.approval;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.policy.Decision;
import dev.sfguard.gateway.policy.Limits;
import dev.sfguard.gateway.policy.Masks;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// People and held statements for tests.
public final class Samples {
    public static final String SQL = "delete from orders where id = 7";

    private Samples() {}

    public static Identity person(String name, String... groups) {
        return new Identity(
                "sub-" + name,
                name + "@acme.io",
                Identity.Kind.HUMAN,
                Set.of(groups),
                "https://idp.acme.io",
                Instant.MAX);
    }

    public static HeldRequest asked(Identity requester) {
        return asked(requester, 1, true);
    }

    public static HeldRequest asked(Identity requester, int atLeast) {
        return asked(requester, atLeast, true);
    }

    public static HeldRequest detached(Identity requester) {
        return asked(requester, 1, false);
    }

    public static Decision.Approvers demand(String rule, String group, int atLeast) {
        return new Decision.Approvers(rule, Set.of(group), atLeast, Duration.ofMinutes(30));
    }

    private static HeldRequest asked(Identity requester, int atLeast, boolean attached) {
        return asked(requester, List.of(demand("orders-writes", "dba", atLeast)), attached);
    }

    public static HeldRequest asked(
            Identity requester, List<Decision.Approvers> demands, boolean attached) {
        var hold =
                new Decision.Hold(
                        "orders-writes", demands, Optional.empty(), Masks.NONE, Limits.NONE);
        return new HeldRequest(
                Fingerprint.of().part("text", SQL).build(),
                requester,
                "SESSION",
                1,
                UUID.randomUUID().toString(),
                UUID.randomUUID().toString(),
                attached,
                hold,
                shown(Shown.demands(hold)),
                SQL.getBytes(StandardCharsets.UTF_8));
    }

    private static Shown shown(List<Shown.Demand> demands) {
        return new Shown(
                "human",
                List.of("analysts"),
                "JDBC 4.4.1",
                "shop",
                "role ANALYST_RO, database SHOP, schema PUBLIC",
                SQL,
                null,
                List.of("DELETE"),
                List.of("DELETE"),
                List.of("WRITE SHOP.PUBLIC.ORDERS"),
                "orders-writes",
                "Writes to orders need a second pair of eyes.",
                demands,
                "policy-hash",
                null,
                "clean up the test order",
                null,
                false);
    }
}
