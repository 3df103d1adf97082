package dev.sfguard.gateway.sql;

import static dev.sfguard.gateway.sql.StatementClass.*;

import dev.sfguard.gateway.sql.Tokens.Kind;
import java.util.Map;
import java.util.Set;

/// Says what a statement is by its leading words. What is not known is {@link
/// StatementClass#OTHER}.
final class Classifier {
    /// Statements that their first word alone tells.
    private static final Map<String, StatementClass> BY_FIRST_WORD =
            Map.ofEntries(
                    Map.entry("SELECT", SELECT),
                    Map.entry("VALUES", SELECT),
                    Map.entry("INSERT", INSERT),
                    Map.entry("UPDATE", UPDATE),
                    Map.entry("DELETE", DELETE),
                    Map.entry("MERGE", MERGE),
                    Map.entry("TRUNCATE", TRUNCATE),
                    Map.entry("CREATE", CREATE),
                    Map.entry("DROP", DROP),
                    Map.entry("UNDROP", UNDROP),
                    Map.entry("GRANT", GRANT),
                    Map.entry("REVOKE", REVOKE),
                    Map.entry("CALL", CALL),
                    Map.entry("EXECUTE", EXECUTE),
                    Map.entry("SHOW", SHOW),
                    Map.entry("DESC", DESCRIBE),
                    Map.entry("DESCRIBE", DESCRIBE),
                    Map.entry("SET", SET),
                    Map.entry("UNSET", UNSET),
                    Map.entry("COMMIT", COMMIT),
                    Map.entry("ROLLBACK", ROLLBACK),
                    Map.entry("EXPLAIN", EXPLAIN),
                    Map.entry("COMMENT", COMMENT),
                    Map.entry("PUT", PUT),
                    Map.entry("GET", GET),
                    Map.entry("LIST", LIST),
                    Map.entry("LS", LIST),
                    Map.entry("REMOVE", REMOVE),
                    Map.entry("RM", REMOVE));

    /// First words of Snowflake Scripting's statements, besides BEGIN.
    private static final Set<String> SCRIPTING =
            Set.of(
                    "DECLARE",
                    "IF",
                    "FOR",
                    "WHILE",
                    "LOOP",
                    "REPEAT",
                    "LET",
                    "RETURN",
                    "RAISE",
                    "EXCEPTION",
                    "CASE",
                    "OPEN",
                    "CLOSE",
                    "FETCH",
                    "AWAIT",
                    "ASYNC",
                    "CANCEL",
                    "BREAK",
                    "CONTINUE",
                    "ITERATE",
                    "EXIT",
                    "NULL",
                    "ELSEIF",
                    "ELSE",
                    "WHEN",
                    "UNTIL",
                    "END");

    /// Of these a snippet alone is nothing that Snowflake would run.
    private static final Set<String> ONLY_INSIDE_BLOCKS =
            Set.of("ELSEIF", "ELSE", "WHEN", "UNTIL", "END");

    private final Tokens tokens;
    private final int to;

    private Classifier(Tokens tokens, int to) {
        this.tokens = tokens;
        this.to = to;
    }

    static StatementClass classify(Tokens tokens, int from, int to) {
        return new Classifier(tokens, to).classify(from);
    }

    /// A first word that only a block's inside gives a meaning.
    static boolean isScripting(String word) {
        return SCRIPTING.contains(word);
    }

    private StatementClass classify(int from) {
        int first = from;
        while (first < to && tokens.kind(first) == Kind.OPEN) {
            first++;
        }
        String word = first < to ? tokens.word(first) : "";
        var byWord = BY_FIRST_WORD.get(word);
        if (first > from) {
            return byWord == SELECT ? SELECT : word.equals("WITH") ? with(first) : OTHER;
        }
        if (byWord != null) {
            return byWord;
        }
        return switch (word) {
            case "WITH" -> with(first);
            case "ALTER" -> alter(first);
            case "USE" -> use(first);
            case "COPY" -> copy(first);
            case "BEGIN" -> begin(first);
            case "START" ->
                    is(first + 1, "TRANSACTION") && endsAsTransaction(first + 2) ? BEGIN : OTHER;
            default ->
                    SCRIPTING.contains(word) && !ONLY_INSIDE_BLOCKS.contains(word) ? SCRIPT : OTHER;
        };
    }

    private boolean is(int k, String word) {
        return k < to && tokens.is(k, word);
    }

    private StatementClass alter(int first) {
        if (is(first + 1, "USER")) {
            return ALTER_USER;
        }
        boolean session = is(first + 1, "SESSION") && !is(first + 2, "POLICY");
        return session ? ALTER_SESSION : ALTER;
    }

    private StatementClass use(int first) {
        boolean role = is(first + 1, "ROLE");
        boolean secondary = is(first + 1, "SECONDARY") && is(first + 2, "ROLES");
        return role || secondary ? USE_ROLE : USE;
    }

    private StatementClass begin(int first) {
        if (!BlockScanner.beginsTransaction(tokens, first)) {
            return SCRIPT;
        }
        boolean option = is(first + 1, "TRANSACTION") || is(first + 1, "WORK");
        return endsAsTransaction(option ? first + 2 : first + 1) ? BEGIN : OTHER;
    }

    /// Nothing more, or `NAME x`. Anything else may be a block that begins with such a word.
    private boolean endsAsTransaction(int k) {
        return k >= to || (is(k, "NAME") && tokens.isName(k + 1) && k + 2 >= to);
    }

    /// Into a table it loads; into anything else it unloads, and so it does into what only
    /// the run time knows.
    private StatementClass copy(int first) {
        if (is(first + 1, "FILES")) {
            return COPY_UNLOAD;
        }
        int target = first + 2;
        if (!is(first + 1, "INTO") || target >= to) {
            return OTHER;
        }
        boolean computed =
                (is(target, "IDENTIFIER") || is(target, "TABLE"))
                        && tokens.kind(target + 1) == Kind.OPEN;
        return tokens.isName(target) && !computed ? COPY_LOAD : COPY_UNLOAD;
    }

    /// Looks behind the common table expressions for the statement that uses them.
    private StatementClass with(int first) {
        int depth = 0;
        boolean procedure = false;
        for (int k = first + 1; k < to; k++) {
            Kind kind = tokens.kind(k);
            if (kind == Kind.OPEN) {
                if (depth == 0 && tokens.kind(k - 1) == Kind.CLOSE && !procedure) {
                    return SELECT;
                }
                depth++;
            } else if (kind == Kind.CLOSE) {
                depth--;
            } else if (depth == 0 && kind == Kind.WORD) {
                switch (tokens.word(k)) {
                    case "PROCEDURE" -> procedure |= is(k - 1, "AS");
                    case "CALL" -> {
                        if (procedure) {
                            return CALL;
                        }
                    }
                    case "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE" -> {
                        // Behind a closing parenthesis only: elsewhere it is a name.
                        if (!procedure && tokens.kind(k - 1) == Kind.CLOSE) {
                            return BY_FIRST_WORD.getOrDefault(tokens.word(k), OTHER);
                        }
                    }
                    default -> {}
                }
            }
        }
        return OTHER;
    }
}
