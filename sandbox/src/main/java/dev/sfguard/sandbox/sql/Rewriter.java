package dev.sfguard.sandbox.sql;

import dev.sfguard.sandbox.sql.Token.Kind;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/// Says a statement of Snowflake's in DuckDB's dialect, token by token. What it does not know it
/// passes on, and DuckDB answers for it.
public final class Rewriter {
    private static final List<Rule> RULES =
            List.of(
                    new TableFunctionRules(),
                    new FunctionRules(),
                    new QueryRules(),
                    new PathRule(),
                    new TypeRules());

    private final Map<String, String> facts;
    private final Map<String, String> variables;
    private final Iterator<String> binds;

    /// @param facts what context functions answer, as literals: `CURRENT_ROLE` → `'DBA'`
    /// @param variables the session's variables, as literals, by upper-case name
    /// @param binds literals for the binds, in order
    public Rewriter(Map<String, String> facts, Map<String, String> variables, List<String> binds) {
        this.facts = facts;
        this.variables = variables;
        this.binds = binds.iterator();
    }

    /// Rewrites the tokens in place and returns DuckDB's text.
    ///
    /// @throws SqlSyntaxError when a variable is not set
    public String rewrite(Tokens tokens) {
        Labels.add(tokens);
        for (int i = 0; i < tokens.size(); i++) {
            values(tokens, i);
        }
        for (int i = 0; i < tokens.size(); i++) {
            for (Rule rule : RULES) {
                if (rule.apply(tokens, i)) {
                    // What a rule put before this place may have shortened the list.
                    i = Math.min(i, tokens.size() - 1);
                }
            }
        }
        return tokens.sql();
    }

    private void values(Tokens tokens, int i) {
        Token token = tokens.at(i);
        if (token.kind() == Kind.BIND) {
            tokens.set(i, Token.raw(binds.hasNext() ? binds.next() : "NULL"));
        } else if (token.kind() == Kind.VARIABLE) {
            variable(tokens, i);
        } else if (tokens.isCall(i) && facts.containsKey(token.upper())) {
            tokens.replace(
                    i,
                    tokens.close(i + 1) + 1,
                    Token.raw(facts.getOrDefault(token.upper(), "NULL")));
        }
    }

    private void variable(Tokens tokens, int i) {
        String name = tokens.at(i).upper();
        if (name.chars().allMatch(Character::isDigit)) {
            tokens.set(i, Token.word("COLUMN" + name));
            return;
        }
        String value = variables.get(name);
        if (value == null) {
            throw new SqlSyntaxError(
                    tokens.source(),
                    Math.max(0, tokens.at(i).start()),
                    "$" + name + " (session variable does not exist)");
        }
        tokens.set(i, Token.raw(value));
    }
}
