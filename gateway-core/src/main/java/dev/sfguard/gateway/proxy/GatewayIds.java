package dev.sfguard.gateway.proxy;

import java.util.Locale;
import java.util.regex.Pattern;

/// Puts Snowflake's query ids in the place of those that the gateway gave to statements before
/// Snowflake had named them: a client that saw a held statement's id goes on using it.
final class GatewayIds {

    private static final Pattern QUOTED = Pattern.compile("'([0-9a-f-]{36})'");

    private GatewayIds() {}

    static String of(Session session, String id) {
        return session.runs()
                .ofQuery(id)
                .map(run -> run.queryId() == null ? id : run.queryId())
                .orElse(id);
    }

    /// In the literals of a text that reads earlier results.
    static String in(Session session, String text) {
        return text.toUpperCase(Locale.ROOT).contains("RESULT")
                ? QUOTED.matcher(text).replaceAll(match -> "'" + of(session, match.group(1)) + "'")
                : text;
    }
}
