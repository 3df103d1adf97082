package dev.sfguard.gateway.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.store.Store;
import dev.sfguard.gateway.store.StoreFailed;
import dev.sfguard.gateway.store.StoredApproval.Person;
import dev.sfguard.gateway.store.StoredApproval.State;
import dev.sfguard.gateway.store.StoredApproval.Vote;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApprovalsTest {
    private static final Identity ANA = Samples.person("ana", "analysts");
    private static final Identity BO = Samples.person("bo", "dba");
    private static final Identity CY = Samples.person("cy", "dba");
    private static final Duration ONCE = Duration.ZERO;

    @TempDir Path folder;
    private final SetClock clock = new SetClock(Instant.parse("2026-11-23T14:00:00Z"));
    private Store store;
    private Approvals approvals;

    @BeforeEach
    void open() throws StoreFailed {
        store = Store.open(folder.resolve("sfguard.db"));
        approvals = new Approvals(store.approvals(), clock);
    }

    @AfterEach
    void close() throws StoreFailed {
        store.close();
    }

    private void reopen() throws StoreFailed {
        close();
        open();
    }

    @Test
    void an_approved_statement_may_be_used_once() throws Exception {
        var held = approvals.hold(Samples.asked(ANA));

        assertThat(approvals.use(held.id())).isFalse();
        assertThat(approvals.answer(held.id(), BO, true, "ticket 812", ONCE))
                .isInstanceOf(Answer.Counted.class);
        assertThat(approvals.use(held.id())).isTrue();
        assertThat(approvals.use(held.id())).isFalse();
        approvals.done(held.id());

        var after = approvals.find(held.id()).orElseThrow();
        assertThat(after.state()).isEqualTo(State.DONE);
        assertThat(after.stored().votes())
                .extracting(vote -> vote.by().name() + ": " + vote.reason())
                .containsExactly("bo@acme.io: ticket 812");
    }

    @Test
    void who_asked_never_answers_whatever_groups_they_are_in() throws Exception {
        var held = approvals.hold(Samples.asked(BO));

        assertThat(approvals.answer(held.id(), BO, true, "", ONCE))
                .isEqualTo(
                        new Answer.Refused(
                                "Request %s is your own, and nobody answers their own."
                                        .formatted(held.id()),
                                "Ask a member of: dba",
                                true));
        assertThat(approvals.find(held.id()).orElseThrow().state()).isEqualTo(State.PENDING);
    }

    @Test
    void the_same_person_from_another_issuer_does_not_answer_either() throws Exception {
        var held = approvals.hold(Samples.asked(BO));
        var twin = fromElsewhere("BO@acme.io", "dba");

        assertThat(approvals.answer(held.id(), twin, true, "", ONCE))
                .isInstanceOf(Answer.Refused.class);
    }

    @Test
    void the_name_alone_does_not_tell_that_there_is_a_request() throws Exception {
        var held = approvals.hold(Samples.asked(ANA));
        var twin = fromElsewhere("ana@acme.io", "analysts");

        assertThat(approvals.answer(held.id(), twin, true, "", ONCE))
                .isInstanceOfSatisfying(
                        Answer.Refused.class, refused -> assertThat(refused.known()).isFalse());
    }

    @Test
    void the_store_itself_refuses_an_answer_of_who_asked() throws Exception {
        var held = approvals.hold(Samples.asked(BO));
        var own = new Vote(Approval.person(BO), true, 1, "", clock.instant());
        var renamed = new Vote(new Person("x", "y", "Bo@Acme.io"), true, 1, "", clock.instant());

        assertThatThrownBy(() -> store.approvals().vote(held.id(), own, null))
                .isInstanceOf(StoreFailed.class)
                .hasMessageContaining("nobody reviews a request of his own");
        assertThatThrownBy(() -> store.approvals().vote(held.id(), renamed, null))
                .isInstanceOf(StoreFailed.class);
        assertThat(approvals.find(held.id()).orElseThrow().state()).isEqualTo(State.PENDING);
    }

    @Test
    void the_store_itself_refuses_steps_that_do_not_exist() throws Exception {
        var held = approvals.hold(Samples.asked(ANA));

        assertThatThrownBy(
                        () ->
                                store.approvals()
                                        .step(
                                                held.id(),
                                                Set.of(State.PENDING),
                                                State.SENT,
                                                clock.instant()))
                .hasMessageContaining("this step does not exist");
    }

    @Test
    void a_request_is_unknown_to_whoever_may_not_answer_it() throws Exception {
        var held = approvals.hold(Samples.asked(ANA));
        var eve = Samples.person("eve", "analysts");

        var refused = (Answer.Refused) approvals.answer(held.id(), eve, true, "", ONCE);
        var absent = (Answer.Refused) approvals.answer("ZZZZZZZZ", eve, true, "", ONCE);

        assertThat(refused.known()).isFalse();
        assertThat(refused.why().replace(held.id(), "ID"))
                .isEqualTo(absent.why().replace("ZZZZZZZZ", "ID"));
    }

    @Test
    void two_people_are_needed_where_the_rule_says_two() throws Exception {
        var held = approvals.hold(Samples.asked(ANA, 2));

        approvals.answer(held.id(), BO, true, "", ONCE);
        assertThat(approvals.find(held.id()).orElseThrow().state()).isEqualTo(State.PENDING);
        assertThat(approvals.answer(held.id(), BO, true, "", ONCE))
                .isInstanceOf(Answer.Refused.class);
        assertThat(approvals.find(held.id()).orElseThrow().state()).isEqualTo(State.PENDING);

        approvals.answer(held.id(), CY, true, "", ONCE);
        assertThat(approvals.find(held.id()).orElseThrow().state()).isEqualTo(State.APPROVED);
    }

    @Test
    void one_person_counts_once_through_whichever_issuer_they_come() throws Exception {
        var held = approvals.hold(Samples.asked(ANA, 2));
        approvals.answer(held.id(), BO, true, "", ONCE);

        assertThat(approvals.answer(held.id(), fromElsewhere("BO@acme.io", "dba"), true, "", ONCE))
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused -> assertThat(refused.why()).contains("answered", "already"));

        var after = approvals.find(held.id()).orElseThrow();
        assertThat(after.state()).isEqualTo(State.PENDING);
        assertThat(after.stored().votes()).hasSize(1);
    }

    private static Identity fromElsewhere(String name, String... groups) {
        return new Identity(
                "other-subject",
                name,
                Identity.Kind.HUMAN,
                Set.of(groups),
                "https://other.example",
                Instant.MAX);
    }

    @Test
    void every_rule_that_holds_a_statement_wants_its_own_yes() throws Exception {
        var demands =
                List.of(Samples.demand("big", "security", 1), Samples.demand("any", "dba", 1));
        var held = approvals.hold(Samples.asked(ANA, demands, true));

        approvals.answer(held.id(), BO, true, "", ONCE);
        approvals.answer(held.id(), CY, true, "", ONCE);
        assertThat(approvals.find(held.id()).orElseThrow().state()).isEqualTo(State.PENDING);

        approvals.answer(held.id(), Samples.person("di", "security"), true, "", ONCE);
        assertThat(approvals.find(held.id()).orElseThrow().state()).isEqualTo(State.APPROVED);
    }

    @Test
    void one_yes_counts_for_every_rule_that_names_a_group_of_that_person() throws Exception {
        var demands =
                List.of(Samples.demand("big", "security", 1), Samples.demand("any", "dba", 1));
        var held = approvals.hold(Samples.asked(ANA, demands, true));

        approvals.answer(held.id(), Samples.person("di", "security", "dba"), true, "", ONCE);

        assertThat(approvals.find(held.id()).orElseThrow().state()).isEqualTo(State.APPROVED);
    }

    @Test
    void one_no_is_enough() throws Exception {
        var held = approvals.hold(Samples.asked(ANA, 2));

        approvals.answer(held.id(), BO, true, "", ONCE);
        approvals.answer(held.id(), CY, false, "not on a Friday", ONCE);

        assertThat(approvals.find(held.id()).orElseThrow().state()).isEqualTo(State.DENIED);
        assertThat(approvals.use(held.id())).isFalse();
    }

    @Test
    void of_two_reviewers_at_once_exactly_one_decides() throws Exception {
        for (int round = 0; round < 50; round++) {
            var held = approvals.hold(Samples.asked(ANA));
            var answers =
                    atOnce(
                            List.of(
                                    () -> approvals.answer(held.id(), BO, true, "", ONCE),
                                    () -> approvals.answer(held.id(), CY, false, "no", ONCE)));

            assertThat(answers).filteredOn(Answer.Counted.class::isInstance).hasSize(1);
            assertThat(approvals.find(held.id()).orElseThrow().stored().votes()).hasSize(1);
        }
    }

    @Test
    void a_statement_that_is_taken_back_and_approved_at_once_runs_or_not_but_never_both()
            throws Exception {
        for (int round = 0; round < 50; round++) {
            var held = approvals.hold(Samples.asked(ANA));
            approvals.answer(held.id(), BO, true, "", ONCE);
            var outcomes =
                    atOnce(
                            List.of(
                                    () -> approvals.use(held.id()),
                                    () -> approvals.withdraw(held.id())));

            assertThat(outcomes).containsExactlyInAnyOrder(true, false);
        }
    }

    @Test
    void of_many_that_use_an_approval_at_once_one_does() throws Exception {
        var held = approvals.hold(Samples.asked(ANA));
        approvals.answer(held.id(), BO, true, "", ONCE);

        List<Callable<Boolean>> users = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            users.add(() -> approvals.use(held.id()));
        }

        assertThat(atOnce(users)).filteredOn(used -> used).hasSize(1);
    }

    @Test
    void a_request_expires_while_it_is_pending() throws Exception {
        var held = approvals.hold(Samples.asked(ANA));

        clock.move(Duration.ofMinutes(30));

        assertThat(approvals.find(held.id()).orElseThrow().state()).isEqualTo(State.EXPIRED);
        assertThat(((Answer.Refused) approvals.answer(held.id(), BO, true, "", ONCE)).why())
                .isEqualTo("Request %s is expired already.".formatted(held.id()));
    }

    @Test
    void an_approval_that_was_not_used_in_time_expires_too() throws Exception {
        var held = approvals.hold(Samples.asked(ANA));
        approvals.answer(held.id(), BO, true, "", ONCE);

        clock.move(Duration.ofMinutes(30));

        assertThat(approvals.use(held.id())).isFalse();
        assertThat(approvals.find(held.id()).orElseThrow().state()).isEqualTo(State.EXPIRED);
    }

    @Test
    void a_clock_that_goes_back_opens_nothing_that_was_closed() throws Exception {
        var held = approvals.hold(Samples.asked(ANA));
        clock.move(Duration.ofMinutes(31));
        assertThat(approvals.find(held.id()).orElseThrow().state()).isEqualTo(State.EXPIRED);

        clock.move(Duration.ofHours(-2));

        assertThat(approvals.answer(held.id(), BO, true, "", ONCE))
                .isInstanceOf(Answer.Refused.class);
        assertThat(approvals.use(held.id())).isFalse();
    }

    @Test
    void everything_is_there_again_after_a_restart() throws Exception {
        var pending = approvals.hold(Samples.asked(ANA));
        var approved = approvals.hold(Samples.asked(ANA));
        approvals.answer(approved.id(), BO, true, "", ONCE);
        var sent = approvals.hold(Samples.asked(ANA));
        approvals.answer(sent.id(), BO, true, "", ONCE);
        approvals.use(sent.id());

        reopen();

        var again = approvals.find(pending.id()).orElseThrow();
        assertThat(again.shown()).isEqualTo(pending.shown());
        assertThat(again.state()).isEqualTo(State.PENDING);
        assertThat(again.stored().request()).isEqualTo(pending.stored().request());
        assertThat(approvals.use(approved.id())).isTrue();
        assertThat(approvals.use(sent.id())).isFalse();
        assertThat(approvals.list(Set.of(State.SENT))).extracting(Approval::id).contains(sent.id());
    }

    @Test
    void what_ended_ninety_days_ago_is_forgotten_and_nothing_else() throws Exception {
        var denied = approvals.hold(Samples.asked(ANA));
        approvals.answer(denied.id(), BO, false, "no", ONCE);
        store.approvals().told(denied.id(), State.DENIED, "chat");
        var revoked = approvals.hold(Samples.asked(ANA));
        approvals.answer(revoked.id(), BO, true, "", ONCE);
        approvals.revoke(revoked.id(), BO, "wrong one");
        var sent = approvals.hold(Samples.asked(ANA));
        approvals.answer(sent.id(), BO, true, "", ONCE);
        approvals.use(sent.id());
        clock.move(Duration.ofDays(1));
        var later = approvals.hold(Samples.asked(ANA));
        approvals.answer(later.id(), BO, false, "no", ONCE);
        clock.move(Duration.ofDays(90).minusHours(1));

        approvals.forgetOld();

        assertThat(approvals.find(denied.id())).isEmpty();
        assertThat(approvals.find(revoked.id())).isEmpty();
        assertThat(approvals.revocation(revoked.id())).isEmpty();
        assertThat(approvals.find(sent.id())).isPresent();
        assertThat(approvals.find(later.id()).orElseThrow().stored().votes()).hasSize(1);
    }

    @Test
    void a_client_that_comes_back_finds_its_request() throws Exception {
        var held = approvals.hold(Samples.asked(ANA));

        reopen();

        assertThat(approvals.ofRequest("SESSION", held.stored().requestId()).orElseThrow().id())
                .isEqualTo(held.id());
    }

    @Test
    void the_identical_statement_picks_up_a_request_that_nobody_waits_for() throws Exception {
        var held = approvals.hold(Samples.detached(ANA));
        var print = new Fingerprint(held.stored().fingerprint());

        assertThat(approvals.usable(print, ANA).orElseThrow().id()).isEqualTo(held.id());
        assertThat(approvals.usable(print, BO)).isEmpty();
        assertThat(approvals.attach(held.id(), "S2", 7, "r2", "q2")).isTrue();
        assertThat(approvals.attach(held.id(), "S3", 8, "r3", "q3")).isFalse();
        assertThat(approvals.usable(print, ANA)).isEmpty();
    }

    @Test
    void a_grant_for_a_time_ends_at_its_time_and_when_it_is_revoked() throws Exception {
        var first = approvals.hold(Samples.asked(ANA));
        var print = new Fingerprint(first.stored().fingerprint());
        approvals.answer(first.id(), BO, true, "", Duration.ofMinutes(45));
        approvals.use(first.id());
        approvals.done(first.id());

        clock.move(Duration.ofMinutes(44));
        assertThat(approvals.usable(print, ANA)).isPresent();
        clock.move(Duration.ofMinutes(1));
        assertThat(approvals.usable(print, ANA)).isEmpty();

        var second = approvals.hold(Samples.asked(ANA));
        approvals.answer(second.id(), BO, true, "", Duration.ofMinutes(45));
        approvals.use(second.id());
        approvals.done(second.id());
        assertThat(approvals.revoke(second.id(), CY, "wrong table"))
                .isInstanceOf(Answer.Counted.class);
        assertThat(approvals.usable(print, ANA)).isEmpty();
        assertThat(approvals.find(second.id()).orElseThrow().state()).isEqualTo(State.DONE);
        assertThat(approvals.revocation(second.id()).orElseThrow().reason())
                .isEqualTo("wrong table");
        assertThat(approvals.revoke(second.id(), CY, "again")).isInstanceOf(Answer.Refused.class);
    }

    @Test
    void a_yes_that_was_not_used_yet_can_be_taken_back() throws Exception {
        var held = approvals.hold(Samples.detached(ANA));
        approvals.answer(held.id(), BO, true, "", ONCE);

        assertThat(approvals.revoke(held.id(), BO, "wrong one")).isInstanceOf(Answer.Counted.class);

        assertThat(approvals.use(held.id())).isFalse();
        assertThat(approvals.find(held.id()).orElseThrow().state()).isEqualTo(State.WITHDRAWN);
    }

    @Test
    void nobody_else_revokes_what_was_granted() throws Exception {
        var held = approvals.hold(Samples.asked(ANA));
        approvals.answer(held.id(), BO, true, "", Duration.ofMinutes(45));
        var eve = Samples.person("eve", "analysts");

        assertThat(approvals.revoke(held.id(), ANA, "mine"))
                .isEqualTo(
                        new Answer.Refused(
                                "You cannot revoke request %s.".formatted(held.id()),
                                "Ask a member of: dba",
                                true));
        assertThat(((Answer.Refused) approvals.revoke(held.id(), eve, "x")).known()).isFalse();
        assertThat(approvals.find(held.id()).orElseThrow().stored().until())
                .isAfter(clock.instant());
    }

    @Test
    void what_several_people_must_approve_is_never_granted_for_a_time() throws Exception {
        var held = approvals.hold(Samples.asked(ANA, 2));

        var refused = approvals.answer(held.id(), BO, true, "", Duration.ofMinutes(30));

        assertThat(((Answer.Refused) refused).why()).contains("cannot be granted for a time");
        assertThat(approvals.find(held.id()).orElseThrow().stored().votes()).isEmpty();
    }

    @Test
    void whoever_watches_hears_of_every_step_and_of_expiry() throws Exception {
        long before = approvals.step();
        var held = approvals.hold(Samples.asked(ANA));
        long held1 = approvals.step();
        assertThat(held1).isNotEqualTo(before);
        approvals.awaitAfter(before, Duration.ofMinutes(5));

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var watching =
                    threads.submit(
                            () -> {
                                approvals.awaitAfter(held1, Duration.ofMinutes(5));
                                return approvals.step();
                            });
            clock.move(Duration.ofMinutes(31));
            assertThat(watching.get()).isNotEqualTo(held1);
        }
        assertThat(approvals.find(held.id()).orElseThrow().state()).isEqualTo(State.EXPIRED);
        approvals.awaitAfter(approvals.step(), Duration.ZERO);
    }

    @Test
    void a_list_has_what_was_asked_in_its_time_and_no_bytes_of_requests() throws Exception {
        approvals.hold(Samples.asked(ANA));
        clock.move(Duration.ofMinutes(10));
        var from = clock.instant();
        var later = approvals.hold(Samples.asked(ANA));

        var listed = approvals.list(Set.of(State.PENDING), from, from.plusSeconds(1));

        assertThat(listed).extracting(Approval::id).containsExactly(later.id());
        assertThat(listed.getFirst().stored().request()).isEmpty();
    }

    @Test
    void whoever_waits_hears_of_the_answer_at_once() throws Exception {
        var held = approvals.hold(Samples.asked(ANA));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiting = threads.submit(() -> approvals.await(held.id(), Duration.ofMinutes(5)));
            approvals.answer(held.id(), BO, true, "", ONCE);

            assertThat(waiting.get().state()).isEqualTo(State.APPROVED);
        }
    }

    @Test
    void whoever_waits_longer_than_agreed_is_told_that_it_is_still_pending() throws Exception {
        var held = approvals.hold(Samples.asked(ANA));

        assertThat(approvals.await(held.id(), Duration.ofMillis(5)).state())
                .isEqualTo(State.PENDING);
    }

    @Test
    void a_thousand_statements_wait_and_are_answered() throws Exception {
        var ids = new ArrayList<String>();
        for (int i = 0; i < 1000; i++) {
            ids.add(approvals.hold(Samples.asked(ANA)).id());
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiting =
                    ids.stream()
                            .map(
                                    id ->
                                            threads.submit(
                                                    () ->
                                                            approvals.await(
                                                                    id, Duration.ofMinutes(5))))
                            .toList();
            for (var id : ids.subList(0, 20)) {
                approvals.answer(id, BO, true, "", ONCE);
            }
            for (var each : waiting.subList(0, 20)) {
                assertThat(each.get().state()).isEqualTo(State.APPROVED);
            }
            clock.move(Duration.ofMinutes(31));
            for (var each : waiting.subList(20, 1000)) {
                assertThat(each.get().state()).isEqualTo(State.EXPIRED);
            }
        }
    }

    private static <T> List<T> atOnce(List<Callable<T>> calls) throws Exception {
        var barrier = new CyclicBarrier(calls.size());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new ArrayList<java.util.concurrent.Future<T>>();
            for (var call : calls) {
                running.add(
                        threads.submit(
                                () -> {
                                    barrier.await();
                                    return call.call();
                                }));
            }
            var results = new ArrayList<T>();
            for (var each : running) {
                results.add(each.get());
            }
            return results;
        }
    }
}
