package dev.sfguard.cli.approval;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A held statement as the gateway tells of it.
///
/// @param age in seconds; @param left seconds until it expires, by the gateway's clock
/// @param statement whole, or its first line in a list
/// @param all everything that the gateway said
record HeldStatement(
        String id,
        String state,
        Instant created,
        Instant expires,
        long age,
        long left,
        String requester,
        String kind,
        String connection,
        String rule,
        String statement,
        boolean attached,
        boolean mine,
        boolean mayAnswer,
        List<Demand> demands,
        JsonNode all) {

    /// Who has to say yes.
    ///
    /// @param met how many have
    record Demand(String rule, List<String> groups, int atLeast, int met) {
        Demand {
            groups = List.copyOf(groups);
        }

        /// `a member of dba or security`, `2 members of dba`.
        String people() {
            String who = String.join(" or ", groups);
            return atLeast == 1 ? "a member of " + who : atLeast + " members of " + who;
        }

        boolean isMet() {
            return met >= atLeast;
        }
    }

    HeldStatement {
        demands = List.copyOf(demands);
    }

    /// @throws IOException when a member is missing or no value of its kind
    static HeldStatement of(JsonNode json) throws IOException {
        try {
            return new HeldStatement(
                    json.required("id").asText(),
                    json.required("state").asText(),
                    Instant.parse(json.required("created").asText()),
                    Instant.parse(json.required("expires").asText()),
                    json.required("age_seconds").asLong(),
                    json.required("left_seconds").asLong(),
                    json.required("requester").asText(),
                    json.required("kind").asText(),
                    json.required("connection").asText(),
                    json.required("rule").asText(),
                    json.required("statement").asText(),
                    json.required("attached").asBoolean(),
                    json.required("mine").asBoolean(),
                    json.required("may_answer").asBoolean(),
                    demands(json.required("demands")),
                    json);
        } catch (IllegalArgumentException | DateTimeParseException e) {
            throw new IOException("not a held statement: " + e.getMessage(), e);
        }
    }

    /// The answer to `GET /v1/requests`.
    static List<HeldStatement> list(JsonNode answer) throws IOException {
        var list = new ArrayList<HeldStatement>();
        for (JsonNode each : answer.path("requests")) {
            list.add(of(each));
        }
        return list;
    }

    private static List<Demand> demands(JsonNode json) {
        return json.valueStream()
                .map(
                        each ->
                                new Demand(
                                        each.path("rule").asText(),
                                        words(each.path("groups")),
                                        each.path("at_least").asInt(),
                                        each.path("met").asInt()))
                .toList();
    }

    static List<String> words(JsonNode array) {
        return array.valueStream().map(JsonNode::asText).toList();
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(all.path(name).textValue()).filter(text -> !text.isBlank());
    }

    boolean isPending() {
        return state.equals("pending");
    }

    /// `a member of dba, and 2 members of security`: who has not said yes yet.
    String missing() {
        var missing = demands.stream().filter(demand -> !demand.isMet()).map(Demand::people);
        return String.join(", and ", missing.toList());
    }
}
