package dev.sfguard.gateway.recording;

import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Gathers a recording's events into one entry a statement.
final class StatementList {
    private final int most;
    private final Map<Long, StatementDetail> statements = new LinkedHashMap<>();
    private final Map<Long, String> prompts = new LinkedHashMap<>();

    StatementList(int most) {
        this.most = most;
    }

    List<StatementDetail> toList() {
        return List.copyOf(statements.values());
    }

    /// @param line of a recording; rows are not looked into
    void add(byte[] line) throws IOException {
        var head = LineHead.of(line, 0, line.length);
        if (head.isPresent() && !head.get().isRows()) {
            add(EventParser.parse(line, 0, line.length), head.get().at());
        }
    }

    private void add(RecordingEvent event, Instant at) {
        switch (event) {
            case RecordingEvent.Prompt prompt -> addPrompt(prompt);
            case RecordingEvent.Asked asked -> addAsked(asked, at);
            case RecordingEvent.Described described ->
                    change(described.statement(), it -> it.inState("described"));
            case RecordingEvent.Decided decided ->
                    change(decided.statement(), it -> it.decided(decided));
            case RecordingEvent.Held held -> change(held.statement(), it -> it.inState("held"));
            case RecordingEvent.Approved approved ->
                    change(
                            approved.statement(),
                            it -> approved.decides() ? it.inState("approved") : it);
            case RecordingEvent.Denied denied ->
                    change(denied.statement(), it -> it.inState("denied"));
            case RecordingEvent.Expired expired ->
                    change(expired.statement(), it -> it.inState("expired"));
            case RecordingEvent.Withdrawn withdrawn ->
                    change(withdrawn.statement(), it -> it.inState("withdrawn"));
            case RecordingEvent.Sent sent -> change(sent.statement(), StatementDetail::sent);
            case RecordingEvent.Ended ended -> change(ended.statement(), it -> it.ended(ended));
            case RecordingEvent.Alarm alarm -> change(alarm.statement(), it -> it.alarmed(alarm));
            case RecordingEvent.Failed failed ->
                    change(failed.statement(), it -> it.failed(failed));
            case RecordingEvent.Cancelled cancelled ->
                    change(cancelled.statement(), it -> it.inState("cancelled"));
            case RecordingEvent.Opened _,
                    RecordingEvent.Columns _,
                    RecordingEvent.Rows _,
                    RecordingEvent.Fetched _,
                    RecordingEvent.LookedUp _,
                    RecordingEvent.Context _,
                    RecordingEvent.Refused _,
                    RecordingEvent.Resumed _,
                    RecordingEvent.Remembered _,
                    RecordingEvent.Killed _,
                    RecordingEvent.Closed _,
                    RecordingEvent.Unknown _ -> {}
        }
    }

    private void addPrompt(RecordingEvent.Prompt prompt) {
        String text = prompt.text() != null ? prompt.text() : prompt.reason();
        if (text == null) {
            return;
        }
        if (statements.containsKey(prompt.statement())) {
            change(prompt.statement(), it -> it.prompted(text));
        } else if (prompts.size() < most) {
            prompts.put(prompt.statement(), text);
        }
    }

    private void addAsked(RecordingEvent.Asked asked, Instant at) {
        String prompt = prompts.remove(asked.statement());
        if (statements.size() < most) {
            statements.put(
                    asked.statement(),
                    new StatementDetail(
                            asked.statement(),
                            "running",
                            at,
                            asked.text(),
                            Optional.ofNullable(prompt),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            0,
                            0,
                            0,
                            0,
                            Map.of()));
        }
    }

    private void change(long statement, UnaryOperator<StatementDetail> change) {
        statements.computeIfPresent(statement, (_, it) -> change.apply(it));
    }
}
