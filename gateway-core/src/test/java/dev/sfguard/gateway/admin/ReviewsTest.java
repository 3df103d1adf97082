package dev.sfguard.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.gateway.approval.Approval;
import dev.sfguard.gateway.approval.Approvals;
import dev.sfguard.gateway.approval.Samples;
import dev.sfguard.gateway.approval.SetClock;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.store.Store;
import dev.sfguard.gateway.store.StoreFailed;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.eclipse.jetty.util.Fields;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReviewsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Identity ANA = Samples.person("ana", "analysts");
    private static final Identity BO = Samples.person("bo", "dba");
    private static final Identity CY = Samples.person("cy", "dba");
    private static final Identity EVE = Samples.person("eve", "analysts");

    @TempDir Path folder;
    private final SetClock clock = new SetClock(Instant.parse("2026-11-23T14:00:00Z"));
    private Store store;
    private Approvals approvals;
    private Reviews reviews;

    private final List<String> aborted = new ArrayList<>();
    private final LiveSessions sessions =
            new LiveSessions() {
                @Override
                public OptionalInt kill(String session, String by, String reason) {
                    return OptionalInt.empty();
                }

                @Override
                public int abortUnder(String approval, String by) {
                    aborted.add(approval + " by " + by);
                    return 1;
                }

                @Override
                public OptionalLong number(String session) {
                    return session.equals("SESSION") ? OptionalLong.of(4711) : OptionalLong.empty();
                }
            };

    @BeforeEach
    void open() throws StoreFailed {
        store = Store.open(folder.resolve("sfguard.db"));
        approvals = new Approvals(store.approvals(), clock);
        reviews = new Reviews(approvals, sessions, clock);
    }

    @AfterEach
    void close() throws StoreFailed {
        store.close();
    }

    private static RequestQuery query(String... namesAndValues) throws ApiProblem {
        var fields = new Fields();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return RequestQuery.parse(fields);
    }

    private static JsonNode body(String json) throws Exception {
        return JSON.readTree(json);
    }

    private static final String NOTHING = "{}";

    private List<String> listed(Identity who, String... query) throws Exception {
        return reviews.list(who, query(query))
                .path("requests")
                .valueStream()
                .map(it -> it.path("id").asText())
                .toList();
    }

    @Test
    void reviewers_see_what_they_may_answer_and_everybody_their_own() throws Exception {
        var held = approvals.hold(Samples.asked(ANA));

        assertThat(listed(BO)).containsExactly(held.id());
        assertThat(listed(BO, "mine", "true")).isEmpty();
        assertThat(listed(ANA)).isEmpty();
        assertThat(listed(ANA, "mine", "true")).containsExactly(held.id());
        assertThat(listed(EVE)).isEmpty();
        assertThat(listed(EVE, "state", "all")).isEmpty();
        assertThat(listed(EVE, "state", "all", "mine", "true")).isEmpty();
    }

    @Test
    void somebody_of_the_same_name_at_another_issuer_sees_nothing_as_their_own() throws Exception {
        var held = approvals.hold(Samples.asked(ANA));
        reviews.approve(BO, held.id(), body(NOTHING));
        var ana = fromElsewhere(ANA, "analysts");
        var bo = fromElsewhere(BO, "analysts");

        assertThat(listed(ana, "state", "all", "mine", "true")).isEmpty();
        assertThat(listed(ana, "state", "all")).isEmpty();
        for (var stranger : List.of(ana, bo)) {
            assertThatThrownBy(() -> reviews.one(stranger, held.id()))
                    .isInstanceOf(ApiProblem.class);
            assertThatThrownBy(
                            () -> reviews.revoke(stranger, held.id(), body("{\"reason\":\"x\"}")))
                    .isInstanceOf(ApiProblem.class);
        }
    }

    @Test
    void a_reviewer_with_the_requesters_name_sees_the_request_and_answers_nothing()
            throws Exception {
        var held = approvals.hold(Samples.asked(ANA));
        var twin = fromElsewhere(ANA, "dba");

        var line = reviews.list(twin, query()).path("requests").path(0);

        assertThat(line.path("id").asText()).isEqualTo(held.id());
        assertThat(line.path("mine").asBoolean()).isFalse();
        assertThat(line.path("may_answer").asBoolean()).isFalse();
        assertThatThrownBy(() -> reviews.approve(twin, held.id(), body(NOTHING)))
                .isInstanceOf(ApiProblem.class);
    }

    private static Identity fromElsewhere(Identity who, String... groups) {
        return new Identity(
                who.subject(),
                who.name(),
                who.kind(),
                Set.of(groups),
                "https://other.example",
                who.expires());
    }

    @Test
    void a_line_of_the_list_says_who_what_and_how_long() throws Exception {
        approvals.hold(Samples.asked(ANA));
        clock.move(Duration.ofMinutes(2));

        var line = reviews.list(BO, query()).path("requests").path(0);

        assertThat(line.path("state").asText()).isEqualTo("pending");
        assertThat(line.path("age_seconds").asLong()).isEqualTo(120);
        assertThat(line.path("left_seconds").asLong()).isEqualTo(28 * 60);
        assertThat(line.path("requester").asText()).isEqualTo("ana@acme.io");
        assertThat(line.path("connection").asText()).isEqualTo("shop");
        assertThat(line.path("rule").asText()).isEqualTo("orders-writes");
        assertThat(line.path("statement").asText()).isEqualTo(Samples.SQL);
        assertThat(line.path("mine").asBoolean()).isFalse();
        assertThat(line.path("may_answer").asBoolean()).isTrue();
        assertThat(line.has("binds")).isFalse();
    }

    @Test
    void one_request_shows_all_that_a_reviewer_needs() throws Exception {
        var held = approvals.hold(Samples.asked(ANA, 2));
        reviews.approve(BO, held.id(), body("{\"reason\":\"ticket 812\"}"));

        var one = reviews.one(CY, held.id());

        assertThat(one.path("demands").toString())
                .isEqualTo(
                        "[{\"rule\":\"orders-writes\",\"groups\":[\"dba\"],\"at_least\":2,\"met\":1}]");
        assertThat(one.path("answers").path(0).path("by").asText()).isEqualTo("bo@acme.io");
        assertThat(one.path("answers").path(0).path("reason").asText()).isEqualTo("ticket 812");
        assertThat(one.path("prompt").asText()).isEqualTo("clean up the test order");
        assertThat(one.path("objects").path(0).asText()).isEqualTo("WRITE SHOP.PUBLIC.ORDERS");
        assertThat(one.path("message").asText()).contains("second pair of eyes");
        assertThat(one.path("session").asText()).isEqualTo("SESSION");
        assertThat(reviews.one(BO, held.id()).path("may_answer").asBoolean()).isFalse();
        assertThat(one.path("may_answer").asBoolean()).isTrue();
    }

    @Test
    void an_id_may_be_typed_in_lower_case() throws Exception {
        var held = approvals.hold(Samples.asked(ANA));
        var typed = held.id().toLowerCase(Locale.ROOT).replace('0', 'o').replace('1', 'l');

        assertThat(reviews.one(BO, typed).path("id").asText()).isEqualTo(held.id());
    }

    @Test
    void foreign_and_unknown_and_malformed_ids_are_answered_alike() throws Exception {
        var held = approvals.hold(Samples.asked(ANA));

        for (var id : List.of(held.id(), "ZZZZZZZZ", "no%20id", "", "x".repeat(10_000))) {
            assertThatThrownBy(() -> reviews.one(EVE, id))
                    .isInstanceOf(ApiProblem.class)
                    .hasMessage("There is no request " + id + " for you.");
            assertThatThrownBy(() -> reviews.approve(EVE, id, body(NOTHING)))
                    .hasMessage("There is no request " + id + " for you.");
            assertThatThrownBy(() -> reviews.deny(EVE, id, body("{\"reason\":\"x\"}")))
                    .hasMessage("There is no request " + id + " for you.");
            assertThatThrownBy(() -> reviews.revoke(EVE, id, body("{\"reason\":\"x\"}")))
                    .hasMessage("There is no request " + id + " for you.");
        }
        assertThat(approvals.find(held.id()).orElseThrow().isOpen()).isTrue();
    }

    @Test
    void who_asked_may_look_but_not_answer() throws Exception {
        var held = approvals.hold(Samples.asked(BO));

        assertThat(reviews.one(BO, held.id()).path("mine").asBoolean()).isTrue();
        assertThat(reviews.one(BO, held.id()).path("may_answer").asBoolean()).isFalse();
        assertThatThrownBy(() -> reviews.approve(BO, held.id(), body(NOTHING)))
                .hasMessageContaining("is your own");
    }

    @Test
    void a_denial_and_a_revocation_need_a_reason() throws Exception {
        var held = approvals.hold(Samples.asked(ANA));

        for (var json : List.of(NOTHING, "{\"reason\":\"\"}", "{\"reason\":\" \\n \"}")) {
            assertThatThrownBy(() -> reviews.deny(BO, held.id(), body(json)))
                    .hasMessage("A reason is missing.");
            assertThatThrownBy(() -> reviews.revoke(BO, held.id(), body(json)))
                    .hasMessage("A reason is missing.");
        }
        assertThat(approvals.find(held.id()).orElseThrow().isOpen()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "1",
                "null",
                "\"approve\"",
                "{\"reason\":7}",
                "{\"reason\":{\"a\":1}}",
                "{\"for\":\"30m\"}",
                "{\"for\":0}",
                "{\"for\":-1}",
                "{\"for\":1.5}",
                "{\"for\":86401}",
                "{\"for\":99999999999999999999}",
                "{\"for\":null}"
            })
    void a_body_that_makes_no_sense_counts_as_no_answer(String json) throws Exception {
        var held = approvals.hold(Samples.asked(ANA));

        assertThatThrownBy(() -> reviews.approve(BO, held.id(), body(json)))
                .isInstanceOfSatisfying(
                        ApiProblem.class, it -> assertThat(it.status()).isEqualTo(400));
        assertThat(approvals.find(held.id()).orElseThrow().stored().votes()).isEmpty();
    }

    @Test
    void a_reason_has_at_most_two_thousand_characters() throws Exception {
        var held = approvals.hold(Samples.asked(ANA));
        var reason = "x".repeat(2_000);

        assertThatThrownBy(
                        () ->
                                reviews.approve(
                                        BO, held.id(), body("{\"reason\":\"" + reason + "x\"}")))
                .hasMessage("The reason has 2,001 characters; at most 2,000 are kept.");
        var after = reviews.approve(BO, held.id(), body("{\"reason\":\"" + reason + "\"}"));
        assertThat(after.path("state").asText()).isEqualTo("approved");
    }

    @Test
    void a_grant_is_listed_until_it_is_revoked() throws Exception {
        var held = approvals.hold(Samples.asked(ANA));
        var after = reviews.approve(BO, held.id(), body("{\"for\":1800}"));
        assertThat(after.path("granted_seconds").asLong()).isEqualTo(1800);
        approvals.use(held.id());
        approvals.done(held.id());
        assertThat(listed(BO)).isEmpty();
        assertThat(listed(CY, "state", "granted")).containsExactly(held.id());

        var revoked = reviews.revoke(CY, held.id(), body("{\"reason\":\"wrong table\"}"));

        assertThat(revoked.path("revoked").path("by").asText()).isEqualTo("cy@acme.io");
        assertThat(revoked.path("aborted").asInt()).isEqualTo(1);
        assertThat(aborted).containsExactly(held.id() + " by cy@acme.io");
        assertThat(revoked.has("granted_until")).isFalse();
        assertThat(listed(CY, "state", "granted")).isEmpty();
        assertThatThrownBy(
                        () -> reviews.revoke(CY, held.id(), body("{\"reason\":\"wrong table\"}")))
                .hasMessage("Request %s is done, and nothing is granted by it.", held.id());
    }

    @Test
    void of_two_reviewers_at_once_one_is_told_that_he_came_second() throws Exception {
        for (int round = 0; round < 20; round++) {
            var held = approvals.hold(Samples.asked(ANA));
            var told =
                    atOnce(
                            List.of(
                                    () -> reviews.approve(BO, held.id(), body(NOTHING)),
                                    () ->
                                            reviews.deny(
                                                    CY, held.id(), body("{\"reason\":\"no\"}"))));

            var state = approvals.find(held.id()).orElseThrow().state();
            assertThat(told)
                    .filteredOn(JsonNode.class::isInstance)
                    .singleElement()
                    .satisfies(
                            it ->
                                    assertThat(((JsonNode) it).path("state").asText())
                                            .isEqualTo(RequestQuery.word(state)));
            assertThat(told)
                    .filteredOn(ApiProblem.class::isInstance)
                    .singleElement()
                    .satisfies(it -> assertThat(((ApiProblem) it).status()).isEqualTo(409));
        }
    }

    @Test
    void a_watcher_hears_of_a_new_request_and_of_its_end() throws Exception {
        long step = reviews.list(BO, query()).path("step").asLong();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var watching =
                    threads.submit(() -> reviews.list(BO, query("after", Long.toString(step))));
            var held = approvals.hold(Samples.asked(ANA));

            var seen = watching.get();
            assertThat(seen.path("requests").path(0).path("id").asText()).isEqualTo(held.id());

            var next =
                    threads.submit(
                            () -> reviews.list(BO, query("after", seen.path("step").asText())));
            approvals.withdraw(held.id());
            assertThat(next.get().path("requests")).isEmpty();
        }
    }

    @Test
    void a_watcher_that_missed_something_is_answered_at_once() throws Exception {
        approvals.hold(Samples.asked(ANA));

        assertThat(reviews.list(BO, query("after", "0")).path("requests")).hasSize(1);
        long step = approvals.step();
        var again = reviews.list(BO, query("after", Long.toString(step), "wait", "0"));
        assertThat(again.path("step").asLong()).isEqualTo(step);
    }

    @ParameterizedTest
    @CsvSource({
        "state, waiting",
        "state, PENDING",
        "mine, yes",
        "since, yesterday",
        "until, +99999999-01-01T00:00:00Z",
        "limit, 0",
        "limit, -1",
        "limit, 1e9",
        "after, x",
        "after, 99999999999999999999",
        "wait, 31",
        "owner, ana"
    })
    void an_odd_filter_is_refused(String name, String value) {
        assertThatThrownBy(() -> query(name, value))
                .isInstanceOfSatisfying(
                        ApiProblem.class, it -> assertThat(it.status()).isEqualTo(400));
    }

    @Test
    void a_list_takes_times_states_and_a_limit() throws Exception {
        var first = approvals.hold(Samples.asked(ANA));
        clock.move(Duration.ofMinutes(5));
        var second = approvals.hold(Samples.asked(ANA));
        approvals.answer(first.id(), BO, false, "no", Duration.ZERO);

        assertThat(listed(CY)).containsExactly(second.id());
        assertThat(listed(CY, "state", "denied")).containsExactly(first.id());
        assertThat(listed(CY, "state", "denied,pending")).containsExactly(second.id(), first.id());
        assertThat(listed(CY, "state", "all", "limit", "1")).containsExactly(second.id());
        assertThat(listed(CY, "state", "all", "until", "2026-11-23T14:01:00Z"))
                .containsExactly(first.id());
        assertThat(listed(CY, "state", "all", "since", "2026-11-23T14:01:00Z"))
                .containsExactly(second.id());
        assertThat(listed(CY, "state", "all", "session", "SESSION")).hasSize(2);
        assertThat(listed(CY, "state", "all", "session", "4711")).hasSize(2);
        assertThat(listed(CY, "state", "all", "session", "OTHER")).isEmpty();
    }

    @Test
    void a_thousand_requests_are_listed_at_once() throws Exception {
        var ids = new ArrayList<String>();
        for (int i = 0; i < 1_000; i++) {
            Approval held = approvals.hold(Samples.asked(ANA));
            ids.add(held.id());
        }

        long start = System.nanoTime();
        var listed = listed(BO, "limit", "1000");
        var took = Duration.ofNanos(System.nanoTime() - start);

        assertThat(listed).hasSize(1_000).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(took).isLessThan(Duration.ofSeconds(2));
    }

    /// What each returned or threw.
    private static List<Object> atOnce(List<Callable<Object>> calls) throws Exception {
        var barrier = new CyclicBarrier(calls.size());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var futures = new ArrayList<java.util.concurrent.Future<Object>>();
            for (var call : calls) {
                futures.add(
                        threads.submit(
                                () -> {
                                    barrier.await();
                                    try {
                                        return call.call();
                                    } catch (ApiProblem problem) {
                                        return problem;
                                    }
                                }));
            }
            var results = new ArrayList<>();
            for (var future : futures) {
                results.add(future.get());
            }
            return results;
        }
    }
}
