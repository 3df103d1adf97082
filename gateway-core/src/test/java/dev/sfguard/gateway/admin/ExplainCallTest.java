package dev.sfguard.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.sql.Identifier;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExplainCallTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Identity ANA = identity("ana", "analysts");
    private static final JsonNode SELECT = json("{\"sql\":\"select 1\"}");

    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final List<Explanations.Question> asked = new ArrayList<>();
    private final ExplainCall call =
            new ExplainCall(
                    answering(
                            question -> {
                                asked.add(question);
                                return JsonNodeFactory.instance.objectNode();
                            }),
                    who ->
                            who.groups().contains("both")
                                    ? List.of(connection("dev"), connection("prod"))
                                    : who.groups().isEmpty()
                                            ? List.of()
                                            : List.of(connection("prod")),
                    clock());

    @Test
    void the_only_connection_of_the_asker_is_meant_and_names_are_folded() throws Exception {
        var answer =
                call.answer(
                        ANA,
                        false,
                        false,
                        json(
                                "{\"sql\":\"select 1\",\"database\":\"shop\",\"schema\":\"\\\"x y\\\"\"}"));
        assertThat(asked.getFirst().connection()).isEqualTo("prod");
        assertThat(asked.getFirst().database()).contains("SHOP");
        assertThat(asked.getFirst().schema()).contains("x y");
        assertThat(asked.getFirst().viewTexts()).isFalse();
        assertThat(answer.path("user").asText()).isEqualTo("ana");
        assertThat(answer.path("groups").get(0).asText()).isEqualTo("analysts");
    }

    @Test
    void several_connections_need_a_name_and_strangers_are_not_told_apart() throws Exception {
        assertRefused(identity("bo", "both"), false, SELECT, 400, "dev, prod?");
        assertRefused(identity("x"), false, SELECT, 400, "opens no connection to x");
        var named = json("{\"sql\":\"select 1\",\"connection\":\"dev\"}");
        assertRefused(ANA, false, named, 404, "no connection \"dev\" for you");
        var unknown = json("{\"sql\":\"select 1\",\"connection\":\"nowhere\"}");
        assertRefused(ANA, false, unknown, 404, "no connection \"nowhere\" for you");
        call.answer(identity("bo", "both"), false, false, named);
        assertThat(asked.getFirst().connection()).isEqualTo("dev");
    }

    @Test
    void only_readers_ask_for_others() throws Exception {
        var as = json("{\"sql\":\"select 1\",\"as\":{\"user\":\"bo\",\"groups\":[\"dba\"]}}");
        assertRefused(ANA, false, as, 403, "readers of recordings only");
        assertThat(call.answer(ANA, true, true, as).path("user").asText()).isEqualTo("bo");
        assertThat(asked.getFirst().viewTexts()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "null",
                "{}",
                "{\"sql\":1}",
                "{\"sql\":\"select 1\",\"asof\":{}}",
                "{\"sql\":\"select 1\",\"as\":\"bo\"}",
                "{\"sql\":\"select 1\",\"as\":{}}",
                "{\"sql\":\"select 1\",\"as\":{\"user\":\"bo\",\"group\":[]}}",
                "{\"sql\":\"select 1\",\"as\":{\"user\":\"bo\",\"groups\":\"dba\"}}",
                "{\"sql\":\"select 1\",\"as\":{\"user\":\"bo\",\"groups\":[1]}}",
                "{\"sql\":\"select 1\",\"as\":{\"user\":\"bo\",\"kind\":\"robot\"}}",
                "{\"sql\":\"select 1\",\"connection\":{}}",
                "{\"sql\":\"select 1\",\"schema\":\"a.b\"}",
            })
    void what_is_not_understood_is_refused(String body) {
        assertRefused(ANA, true, json(body), 400, "");
        assertThat(asked).isEmpty();
    }

    @Test
    void a_text_of_more_than_a_mebibyte_is_refused_and_one_of_that_size_is_not() throws Exception {
        var largest = JsonNodeFactory.instance.objectNode().put("sql", "x".repeat(1 << 20));
        call.answer(ANA, false, false, largest);
        // Two bytes each.
        var tooLarge = JsonNodeFactory.instance.objectNode().put("sql", "é".repeat(1 + (1 << 19)));
        assertRefused(ANA, false, tooLarge, 413, "larger than 1 MiB");
    }

    @Test
    void sixty_times_a_minute_is_all_and_others_do_not_feel_it() throws Exception {
        for (int i = 0; i < 60; i++) {
            call.answer(ANA, false, false, SELECT);
        }
        assertRefused(ANA, false, SELECT, 429, "60 times");
        call.answer(identity("bo", "dba"), false, false, SELECT);
        now.set(now.get().plusSeconds(60));
        call.answer(ANA, false, false, SELECT);
        assertThat(asked).hasSize(62);
    }

    @Test
    void four_at_once_is_all() throws Exception {
        var begun = new CountDownLatch(4);
        var end = new CountDownLatch(1);
        var slow =
                new ExplainCall(
                        answering(
                                _ -> {
                                    begun.countDown();
                                    try {
                                        end.await();
                                    } catch (InterruptedException e) {
                                        throw new IllegalStateException(e);
                                    }
                                    return JsonNodeFactory.instance.objectNode();
                                }),
                        _ -> List.of(connection("prod")),
                        clock());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new ArrayList<java.util.concurrent.Future<JsonNode>>();
            for (int i = 0; i < 4; i++) {
                running.add(threads.submit(() -> slow.answer(ANA, false, false, SELECT)));
            }
            begun.await();
            assertThatThrownBy(() -> slow.answer(ANA, false, false, SELECT))
                    .hasMessageContaining("explains other statements");
            end.countDown();
            for (var each : running) {
                assertThat(each.get().path("connection").asText()).isEqualTo("prod");
            }
        }
        assertThat(slow.answer(ANA, false, false, SELECT)).isNotEmpty();
    }

    private void assertRefused(
            Identity who, boolean reads, JsonNode body, int status, String message) {
        assertThatThrownBy(() -> call.answer(who, reads, false, body))
                .isInstanceOfSatisfying(
                        ApiProblem.class,
                        problem -> {
                            assertThat(problem.status()).isEqualTo(status);
                            assertThat(problem).hasMessageContaining(message);
                            assertThat(problem.next()).isNotEmpty();
                        });
    }

    private static Explanations answering(Function<Explanations.Question, JsonNode> answer) {
        return new Explanations() {
            @Override
            public Optional<String> name(String written) {
                return Identifier.fold(written);
            }

            @Override
            public JsonNode explain(Identity who, Question question) {
                return answer.apply(question);
            }
        };
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public Instant instant() {
                return now.get();
            }

            @Override
            public java.time.ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }
        };
    }

    private static ConnectionInfo connection(String name) {
        return new ConnectionInfo(name, "ready", "R", null, null, null);
    }

    private static Identity identity(String name, String... groups) {
        return new Identity(
                name, name, Identity.Kind.HUMAN, Set.of(groups), "https://idp", Instant.MAX);
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
