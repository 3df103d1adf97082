package dev.sfguard.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.agent.ApiClient;
import dev.sfguard.cli.CapturedStreams;
import dev.sfguard.cli.ExitCode;
import java.util.ArrayList;
import java.util.List;

/// What a reviewer does: sees what waits and answers, with the commands that people use.
final class Reviews {
    /// People of `dba` write; those of `analysts` look at it first.
    static final String POLICY =
            """
            version: 1
            default: block
            roles:
              shop: {dba: DBA, analysts: ANALYST_RO}
            rules:
              - name: writes-need-review
                match: {statement: [DELETE, UPDATE]}
                effect: approve
                approvers: {groups: [analysts]}
                message: "Writes are looked at by an analyst."
                expires: 30m
              - name: work
                match: {statement: [SELECT, INSERT, CREATE, SHOW, DESCRIBE, USE, USE_ROLE, BEGIN, COMMIT, ROLLBACK, ALTER_SESSION, SET, UNSET]}
                effect: allow
            """;

    private Reviews() {}

    /// The ids of what waits for this person, oldest first, once it is as many.
    static List<String> waiting(Stage.Person reviewer, int many) throws Exception {
        var ids = new ArrayList<String>();
        Await.until(
                () -> {
                    ids.clear();
                    try (var api = ApiClient.open(reviewer.home())) {
                        for (JsonNode each : api.get("/v1/requests?limit=1000").path("requests")) {
                            ids.addFirst(each.path("id").asText());
                        }
                    }
                    return ids.size() == many;
                });
        return ids;
    }

    static String onlyOne(Stage.Person reviewer) throws Exception {
        return waiting(reviewer, 1).getFirst();
    }

    static String state(Stage.Person reviewer, String id) throws Exception {
        try (var api = ApiClient.open(reviewer.home())) {
            return api.get("/v1/requests/" + id).path("state").asText();
        }
    }

    static void approve(Stage.Person reviewer, String id) {
        run(reviewer, "approve", id, "--reason", "ticket 812");
    }

    static void deny(Stage.Person reviewer, String id) {
        run(reviewer, "deny", id, "--reason", "not on a Friday");
    }

    private static void run(Stage.Person reviewer, String... command) {
        var world =
                new CapturedStreams().variable("SFGUARD_HOME", reviewer.home().folder().toString());
        if (world.run(command) != ExitCode.DONE) {
            throw new AssertionError(String.join(" ", command) + ": " + world.err());
        }
    }
}
