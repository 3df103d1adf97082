package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.policy.Decision;
import dev.sfguard.gateway.policy.Policy;
import dev.sfguard.gateway.policy.SessionView;
import dev.sfguard.gateway.policy.Usage;
import dev.sfguard.gateway.snowflake.ClientParameters;
import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.Analyzer;
import dev.sfguard.gateway.sql.Signal;
import dev.sfguard.gateway.sql.Statement;
import dev.sfguard.gateway.sql.StatementClass;
import dev.sfguard.gateway.sql.StatementSplitter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Splits, analyzes and decides a request's text: what the policy says, and what no policy may
/// allow because the gateway rests on it.
final class Judge {

    private record Read(Statement statement, Analysis analysis) {}

    /// Drivers and tools send the same texts again and again; decisions are never kept.
    private static final int CACHED_TEXTS = 1000;

    private static final int LONGEST_CACHED = 8192;

    private static final String OWN = "gateway";

    private final Analyzer analyzer = new Analyzer();
    private final Map<String, List<Read>> cache =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, List<Read>> eldest) {
                    return size() > CACHED_TEXTS;
                }
            };

    Judgement judge(Policy policy, Identity who, SessionView session, String text, Instant now) {
        var reads = read(text);
        var parts = new ArrayList<Judgement.Part>(reads.size());
        boolean local = reads.size() == 1 && speaksToGateway(reads.getFirst().analysis());
        for (var read : reads) {
            var decision =
                    local
                            ? new Decision.Allow(OWN)
                            : guard(read.analysis())
                                    .orElseGet(
                                            () ->
                                                    policy.decide(
                                                            who,
                                                            session,
                                                            read.analysis(),
                                                            Usage.NONE,
                                                            now));
            parts.add(new Judgement.Part(read.statement(), read.analysis(), decision));
        }
        var decisions = parts.stream().map(Judgement.Part::decision).toList();
        var whole = decisions.isEmpty() ? new Decision.Allow(OWN) : Decision.strictest(decisions);
        return new Judgement(parts, whole, local);
    }

    private List<Read> read(String text) {
        if (text.length() > LONGEST_CACHED) {
            return analyze(text);
        }
        synchronized (cache) {
            var known = cache.get(text);
            if (known != null) {
                return known;
            }
        }
        var fresh = analyze(text);
        synchronized (cache) {
            cache.put(text, fresh);
        }
        return fresh;
    }

    private List<Read> analyze(String text) {
        return StatementSplitter.split(text).stream()
                .map(statement -> new Read(statement, analyzer.analyze(statement)))
                .toList();
    }

    /// `ALTER SESSION SET SFGUARD_X = '…'`, and nothing of Snowflake's in the same statement.
    private static boolean speaksToGateway(Analysis analysis) {
        if (!(analysis instanceof Analysis.Understood understood)
                || understood.kind() != StatementClass.ALTER_SESSION) {
            return false;
        }
        var set = parameters(understood);
        return !set.isEmpty()
                && set.stream()
                        .allMatch(
                                p ->
                                        p.value() == null
                                                ? p.name().startsWith(ClientNote.PREFIX)
                                                : ClientNote.ofParameter(p.name(), p.value())
                                                        .isPresent());
    }

    static List<Signal.SessionParameter> parameters(Analysis.Understood understood) {
        return understood.signals().stream()
                .filter(Signal.SessionParameter.class::isInstance)
                .map(Signal.SessionParameter.class::cast)
                .toList();
    }

    private static Optional<Decision> guard(Analysis analysis) {
        if (!(analysis instanceof Analysis.Understood understood)) {
            return Optional.empty();
        }
        for (var signal : understood.signals()) {
            var refused =
                    switch (signal) {
                        case Signal.SessionParameter(var name, _) -> parameter(name);
                        default -> Optional.<Decision>empty();
                    };
            if (refused.isPresent()) {
                return refused;
            }
        }
        return Optional.empty();
    }

    private static Optional<Decision> parameter(String name) {
        if (name.startsWith(ClientNote.PREFIX)) {
            return deny(
                    name
                            + " is not a parameter that sfguard takes here. It takes"
                            + " SFGUARD_PROMPT, SFGUARD_REASON, SFGUARD_AGENT and"
                            + " SFGUARD_APPROVAL_WAIT, in a statement of their own.");
        }
        // SEARCH_PATH is the policy's: it refuses it unless the configuration opens it.
        if (ClientParameters.mayBeSet(name) || "SEARCH_PATH".equals(name)) {
            return Optional.empty();
        }
        return deny(
                "the session parameter "
                        + name
                        + " may not be set through the gateway. Leave the statement out, or ask"
                        + " the gateway's operator.");
    }

    private static Optional<Decision> deny(String message) {
        return Optional.of(new Decision.Deny(OWN, message));
    }
}
