package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.Tokens.Kind;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/// Finds in a text's tokens what a policy must know of wherever it stands. It looks at names,
/// not at places: a function that must not be called is also not named.
final class Signals {
    private static final String USER_STAGE = "@~";

    private static final Set<String> FILE_URLS =
            Set.of(
                    "GET_PRESIGNED_URL",
                    "BUILD_SCOPED_FILE_URL",
                    "BUILD_STAGE_FILE_URL",
                    "FL_GET_SCOPED_FILE_URL",
                    "FL_GET_STAGE_FILE_URL",
                    "GET_STAGE_LOCATION");

    /// What shows other people's statements or logins; those that begin with `QUERY_HISTORY`
    /// come on top.
    private static final Set<String> HISTORIES =
            Set.of(
                    "ACCESS_HISTORY",
                    "LOGIN_HISTORY",
                    "LOGIN_HISTORY_BY_USER",
                    "AGGREGATE_QUERY_HISTORY",
                    "AGGREGATE_ACCESS_HISTORY",
                    "QUERY_ACCELERATION_ELIGIBLE",
                    "QUERY_INSIGHTS",
                    "GET_QUERY_OPERATOR_STATS",
                    "TASK_HISTORY",
                    "COMPLETE_TASK_GRAPHS",
                    "CURRENT_TASK_GRAPHS",
                    "ALERT_HISTORY");

    /// Where a computed name only says what is changed, or what the session points at, but
    /// never what is read or called.
    private static final Set<String> BEFORE_WRITTEN_NAME =
            Set.of(
                    "INTO",
                    "UPDATE",
                    "DATABASE",
                    "SCHEMA",
                    "WAREHOUSE",
                    "TABLE",
                    "VIEW",
                    "STAGE",
                    "FORMAT",
                    "EXISTS");

    private final Tokens tokens;
    private final Set<Signal> found;

    /// An ALTER stands before: a SEARCH_PATH behind it is no column.
    private boolean alters;

    private Signals(Tokens tokens, Set<Signal> found) {
        this.tokens = tokens;
        this.found = found;
    }

    static Set<Signal> of(Tokens tokens) {
        var found = new LinkedHashSet<Signal>();
        collect(tokens, found);
        return found;
    }

    static void collect(Tokens tokens, Set<Signal> found) {
        var signals = new Signals(tokens, found);
        for (int k = 0; k < tokens.size(); k++) {
            signals.look(k);
        }
    }

    private void look(int k) {
        switch (tokens.kind(k)) {
            case WORD -> {
                String word = tokens.word(k);
                name(k, word);
                keyword(k, word);
            }
            case QUOTED -> name(k, tokens.name(k).toUpperCase(Locale.ROOT));
            case STAGE -> stage(tokens.text(k));
            case STRING, DOLLAR_STRING -> stage(tokens.literal(k).strip());
            default -> {}
        }
    }

    private void stage(String path) {
        if (path.startsWith(USER_STAGE)) {
            found.add(new Signal.UserStage());
        }
    }

    private void name(int k, String name) {
        if (name.startsWith("SYSTEM$")) {
            found.add(new Signal.SystemFunction(name));
        } else if (FILE_URLS.contains(name)) {
            found.add(new Signal.FileUrl(name));
        } else if (name.startsWith("QUERY_HISTORY") || HISTORIES.contains(name)) {
            found.add(new Signal.History(name));
        } else if (name.equals("RESULT_SCAN") && k < tokens.size()) {
            resultScan(k);
        } else if (name.equals("SEARCH_PATH") && alters) {
            found.add(new Signal.SearchPath());
        } else if (name.equals("TO_QUERY") || (name.equals("FINETUNE") && isCalled(k))) {
            found.add(new Signal.Computed("the query in " + name + "(…)"));
        }
    }

    /// Behind a name of an IDENTIFIER's text there is no token.
    private boolean isCalled(int k) {
        return k >= tokens.size() || tokens.kind(k + 1) == Kind.OPEN;
    }

    private void keyword(int k, String word) {
        switch (word) {
            case "ALTER" -> alters = true;
            case "IDENTIFIER", "TABLE" -> {
                if (tokens.kind(k + 1) == Kind.OPEN) {
                    named(k, word);
                }
            }
            case "RESULT" -> {
                if (tokens.is(k - 1, "DESC") || tokens.is(k - 1, "DESCRIBE")) {
                    result(k + 1);
                }
            }
            case "IMMEDIATE" -> {
                if (tokens.is(k - 1, "EXECUTE")) {
                    immediate(k + 1);
                }
            }
            case "ROLE" -> {
                if (tokens.is(k - 1, "USE")) {
                    role(k + 1);
                }
            }
            case "ROLES" -> {
                if (tokens.is(k - 1, "SECONDARY") && tokens.is(k - 2, "USE")) {
                    secondaryRoles(k + 1);
                }
            }
            default -> {}
        }
    }

    /// `IDENTIFIER('name')` is the name; with anything but one literal nobody knows what it
    /// is.
    private void named(int k, String word) {
        if (isSoleLiteral(k + 2)) {
            var inner = Lexer.read(tokens.literal(k + 2));
            if (inner.doubt() != null) {
                found.add(new Signal.Computed(word + "(…) of an unreadable name"));
            }
            for (int i = 0; i < inner.size(); i++) {
                if (inner.isName(i)) {
                    name(tokens.size(), inner.name(i).toUpperCase(Locale.ROOT));
                    if (inner.name(i).equalsIgnoreCase("RESULT_SCAN")) {
                        found.add(new Signal.ComputedResultScan());
                    }
                }
            }
            return;
        }
        boolean computed = word.equals("IDENTIFIER") || isValue(k + 2);
        boolean deleted = tokens.is(k - 1, "FROM") && tokens.is(k - 2, "DELETE");
        boolean written =
                word.equals("IDENTIFIER")
                        && (deleted || BEFORE_WRITTEN_NAME.contains(tokens.word(k - 1)));
        // USE ROLE IDENTIFIER(…) has a signal of its own.
        if (computed && !written && !tokens.is(k - 1, "ROLE")) {
            found.add(new Signal.Computed(word + "(…)"));
        }
    }

    /// A variable, a bind or an expression that begins with a literal; not a table function's
    /// name.
    private boolean isValue(int k) {
        return switch (tokens.kind(k)) {
            case VARIABLE, BIND, STRING, DOLLAR_STRING -> true;
            case OPERATOR -> tokens.isOperator(k, ":");
            default -> false;
        };
    }

    private boolean isSoleLiteral(int k) {
        return tokens.isLiteral(k) && tokens.kind(k + 1) == Kind.CLOSE;
    }

    private void resultScan(int k) {
        if (tokens.kind(k + 1) == Kind.OPEN && isSoleLiteral(k + 2)) {
            found.add(new Signal.ResultScan(tokens.literal(k + 2)));
        } else if (tokens.kind(k + 1) == Kind.OPEN && isLastQueryId(k + 2, Kind.CLOSE)) {
            found.add(new Signal.LastResultScan());
        } else {
            found.add(new Signal.ComputedResultScan());
        }
    }

    private void result(int k) {
        if (tokens.isLiteral(k) && isLast(k)) {
            found.add(new Signal.ResultScan(tokens.literal(k)));
        } else if (isLastQueryId(k, tokens.kind(k + 3))) {
            found.add(new Signal.LastResultScan());
        } else {
            found.add(new Signal.ComputedResultScan());
        }
    }

    /// `LAST_QUERY_ID()`, `LAST_QUERY_ID(-2)`: both count the statements of this very
    /// session.
    private boolean isLastQueryId(int k, Kind behind) {
        if (!tokens.is(k, "LAST_QUERY_ID") || tokens.kind(k + 1) != Kind.OPEN) {
            return false;
        }
        int i = k + 2;
        if (tokens.isOperator(i, "-")) {
            i++;
        }
        if (tokens.kind(i) == Kind.NUMBER) {
            i++;
        }
        return tokens.kind(i) == Kind.CLOSE && tokens.kind(i + 1) == behind;
    }

    private void immediate(int k) {
        Kind after = tokens.kind(k + 1);
        boolean sole =
                tokens.isLiteral(k)
                        && (after == Kind.END
                                || after == Kind.SEMICOLON
                                || after == Kind.CLOSE
                                || tokens.is(k + 1, "USING"));
        if (!sole) {
            found.add(new Signal.Computed("EXECUTE IMMEDIATE of computed text"));
        }
    }

    private void role(int k) {
        if (tokens.isName(k) && isLast(k)) {
            found.add(new Signal.RoleChange(tokens.name(k)));
        } else if (tokens.is(k, "IDENTIFIER")
                && tokens.kind(k + 1) == Kind.OPEN
                && isSoleLiteral(k + 2)) {
            var inner = Lexer.read(tokens.literal(k + 2));
            boolean plain = inner.doubt() == null && inner.size() == 1 && inner.isName(0);
            found.add(
                    plain ? new Signal.RoleChange(inner.name(0)) : new Signal.ComputedRoleChange());
        } else {
            found.add(new Signal.ComputedRoleChange());
        }
    }

    private void secondaryRoles(int k) {
        String argument = tokens.isName(k) ? tokens.name(k) : "?";
        boolean none = tokens.is(k, "NONE") && isLast(k);
        // A list that begins with NONE, or a role of that name, is not the keyword.
        boolean lookalike = !none && argument.equals("NONE");
        found.add(new Signal.SecondaryRoles(lookalike ? "NONE …" : argument));
    }

    private boolean isLast(int k) {
        Kind after = tokens.kind(k + 1);
        return after == Kind.END || after == Kind.SEMICOLON || tokens.isOperator(k + 1, "->>");
    }
}
