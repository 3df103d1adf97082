package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.ColumnUse.Form;
import dev.sfguard.gateway.sql.ExpressionReader.Until;
import dev.sfguard.gateway.sql.TableReference.Kind;
import dev.sfguard.gateway.sql.TableReference.Role;
import java.util.List;
import java.util.Set;

/// Reads the relations of a FROM with their joins, clauses and aliases.
final class FromReader {
    private static final Set<String> TIME_TRAVEL =
            Set.of("TIMESTAMP", "OFFSET", "STATEMENT", "STREAM", "VERSION", "BRANCH", "TAG");

    private static final Set<String> SAMPLING =
            Set.of("BERNOULLI", "ROW", "SYSTEM", "BLOCK", "SEED", "REPEATABLE");

    private final Cursor c;
    private final QueryReader queries;

    FromReader(Cursor cursor, QueryReader queries) {
        this.c = cursor;
        this.queries = queries;
    }

    /// All relations up to the query's next part.
    void read(Scope scope) {
        relation(scope, Role.SOURCE);
        while (true) {
            if (c.takeOperator(",")) {
                if (queries.endsHere() || Keywords.SECTIONS.contains(c.word(c.at))) {
                    return;
                }
                relation(scope, Role.SOURCE);
            } else if (queries.isJoin(c.at)) {
                join(scope);
            } else if (c.take("ON")) {
                queries.expressions.read(scope, Until.CONDITION, null);
            } else if (c.is("USING") && c.kind(c.at + 1) == Tokens.Kind.OPEN) {
                using(scope);
            } else {
                return;
            }
        }
    }

    private void join(Scope scope) {
        boolean natural = false;
        while (!c.is("JOIN")) {
            natural |= c.is("NATURAL");
            c.at++;
        }
        c.at++;
        relation(scope, Role.SOURCE);
        if (natural) {
            scope.merged = true;
            c.reading.uses.add(new ColumnUse(scope, Form.STAR, null));
        }
        if (c.is("MATCH_CONDITION") && c.kind(c.at + 1) == Tokens.Kind.OPEN) {
            c.at++;
            parenthesized(scope);
        }
    }

    /// The columns of USING are both sides'.
    private void using(Scope scope) {
        c.at += 2;
        scope.merged = true;
        while (c.tokens.isName(c.at) && c.at < c.end) {
            c.reading.columnTokens.set(c.at);
            var column = new NameChain(List.of(c.tokens.name(c.at)), List.of(c.at), c.at, c.at + 1);
            c.reading.uses.add(new ColumnUse(scope, Form.JOINED, column));
            c.at++;
            c.takeOperator(",");
        }
        c.expectClose();
    }

    private void parenthesized(Scope scope) {
        c.at++;
        queries.expressions.read(scope, Until.CLOSE, null);
        c.expectClose();
    }

    /// One relation, with what stands behind it.
    void relation(Scope scope, Role role) {
        boolean lateral = c.take("LATERAL");
        if (c.kind() == Tokens.Kind.OPEN && !isQuery(c.at)) {
            c.at++;
            read(scope);
            c.expectClose();
            return;
        }
        var source = source(scope, role, lateral);
        source.to = source.to < 0 ? c.at : source.to;
        behind(source, scope);
        scope.sources.add(source);
    }

    private Source source(Scope scope, Role role, boolean lateral) {
        return switch (c.kind()) {
            case OPEN -> {
                int from = c.at;
                c.at++;
                var outputs = queries.query(lateral ? scope : scope.parent);
                c.expectClose();
                yield derived(outputs, from);
            }
            case STAGE, STRING -> {
                var stage = queries.stage(c.at, role);
                c.at++;
                options(scope);
                yield stage;
            }
            case VARIABLE -> result();
            case WORD, QUOTED -> named(scope, role);
            case DOLLAR_STRING, NUMBER, PATH, BIND, OPERATOR, SEMICOLON, CLOSE, END -> nothing();
        };
    }

    private Source nothing() {
        var none = derived(Outputs.unknown(), c.at);
        c.stuck();
        return none;
    }

    private static Source derived(Outputs outputs, int from) {
        var source = new Source(Kind.VALUES, Role.SOURCE, null, outputs, from, -1);
        source.derived = true;
        return source;
    }

    /// Parentheses around a query, and not around relations of which the first is one.
    private boolean isQuery(int open) {
        int k = open + 1;
        if (c.beginsQuery(k) || (c.is(k, "VALUES") && c.kind(k + 1) == Tokens.Kind.OPEN)) {
            return true;
        }
        if (c.kind(k) != Tokens.Kind.OPEN || !isQuery(k)) {
            return false;
        }
        int behind = c.behindClose(k);
        return c.kind(behind) == Tokens.Kind.CLOSE
                || queries.isSetOperator(behind)
                || c.is(behind, "ORDER")
                || c.is(behind, "LIMIT");
    }

    /// `@s (FILE_FORMAT => 'f', PATTERN => '…')`.
    private void options(Scope scope) {
        if (c.kind() == Tokens.Kind.OPEN) {
            parenthesized(scope);
        }
    }

    private Source result() {
        boolean number = Character.isDigit(c.tokens.text(c.at).charAt(1));
        if (!number || !queries.inChain) {
            return nothing();
        }
        c.at++;
        return c.reading.add(
                new Source(Kind.RESULT, Role.SOURCE, null, Outputs.unknown(), c.at - 1, c.at));
    }

    private Source named(Scope scope, Role role) {
        String word = c.word(c.at);
        int from = c.at;
        boolean opens = c.kind(c.at + 1) == Tokens.Kind.OPEN;
        if (word.equals("VALUES") && opens) {
            c.at++;
            int uses = c.reading.uses.size();
            queries.values(scope);
            return c.reading.add(
                    reading(
                            uses,
                            new Source(Kind.VALUES, role, null, Outputs.unknown(), from, c.at)));
        }
        if ((word.equals("TABLE") || word.equals("IDENTIFIER")) && opens) {
            return wrapped(scope, role, word.equals("TABLE"));
        }
        var chain = NameChain.at(c.tokens, c.at);
        if (chain == null || chain.to() > c.end || word.equals("SELECT")) {
            return nothing();
        }
        if (c.kind(chain.to()) == Tokens.Kind.OPEN && role == Role.SOURCE) {
            return function(scope, from);
        }
        c.at = chain.to();
        return table(chain, Kind.TABLE, role);
    }

    private Source table(NameChain chain, Kind kind, Role role) {
        var common =
                chain.size() == 1 && role == Role.SOURCE ? queries.visible(chain.last()) : null;
        if (common == null) {
            return c.reading.add(new Source(kind, role, chain, null, chain.from(), chain.to()));
        }
        var outputs = common.outputs == null ? Outputs.unknown() : common.outputs;
        var source =
                c.reading.add(new Source(Kind.CTE, role, chain, outputs, chain.from(), chain.to()));
        source.maybeCte = common.outputs == null && !common.recursive;
        source.common = common;
        common.usesItself |= common.outputs == null;
        return source;
    }

    /// `TABLE(…)` and `IDENTIFIER(…)`.
    private Source wrapped(Scope scope, Role role, boolean table) {
        int from = c.at;
        int inner = c.at + 2;
        if (c.tokens.isLiteral(inner) && c.kind(inner + 1) == Tokens.Kind.CLOSE) {
            var chain = NameChain.inText(c.tokens.literal(inner), from, inner + 2);
            if (chain == null) {
                return nothing();
            }
            c.at = inner + 2;
            return table(chain, table ? Kind.TABLE_LITERAL : Kind.IDENTIFIER, role);
        }
        var chain = NameChain.at(c.tokens, inner);
        if (!table || chain == null || c.kind(chain.to()) != Tokens.Kind.OPEN) {
            return nothing();
        }
        c.at = inner;
        var source = function(scope, from);
        c.expectClose();
        source.to = c.at;
        return source;
    }

    private Source function(Scope scope, int from) {
        var chain = NameChain.at(c.tokens, c.at);
        int uses = c.reading.uses.size();
        if (chain != null) {
            c.reading.functions.add(String.join(".", chain.parts()));
            c.at = chain.to();
            parenthesized(scope);
        }
        return c.reading.add(
                reading(
                        uses,
                        new Source(
                                Kind.FUNCTION, Role.SOURCE, null, Outputs.unknown(), from, c.at)));
    }

    /// What was read since then is what the source is made from.
    private Source reading(int uses, Source source) {
        source.arguments = new Range(uses, c.reading.uses.size());
        return source;
    }

    private void behind(Source source, Scope scope) {
        boolean more = true;
        while (more) {
            more = clause(source, scope) || alias(source);
        }
    }

    private boolean clause(Source source, Scope scope) {
        String word = c.word(c.at);
        boolean opens = c.kind(c.at + 1) == Tokens.Kind.OPEN;
        int from = c.at;
        switch (word) {
            case "AT", "BEFORE" -> {
                if (!opens || !isTimeTravel(c.at)) {
                    return false;
                }
                timeTravel(scope);
                source.clause(TableReference.Form.TIME_TRAVEL, c.span(from, c.at));
            }
            case "CHANGES" -> {
                if (!opens) {
                    return false;
                }
                changes(scope);
                source.clause(TableReference.Form.CHANGES, c.span(from, c.at));
            }
            case "SAMPLE", "TABLESAMPLE" -> {
                sample(scope);
                source.clause(TableReference.Form.SAMPLE, c.span(from, c.at));
            }
            case "MATCH_RECOGNIZE", "PIVOT", "UNPIVOT" -> {
                if (!opens) {
                    return false;
                }
                c.at++;
                var inner = new Scope(scope.parent);
                inner.sources.add(source);
                parenthesized(inner);
                source.clause(
                        TableReference.Form.valueOf(word), c.span(from, Math.max(c.at, from + 1)));
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean isTimeTravel(int k) {
        return TIME_TRAVEL.contains(c.word(k + 2)) && c.isOperator(k + 3, "=>");
    }

    private void timeTravel(Scope scope) {
        c.at++;
        parenthesized(new Scope(scope.parent));
    }

    private void changes(Scope scope) {
        timeTravel(scope);
        while ((c.is("AT") || c.is("BEFORE") || c.is("END"))
                && c.kind(c.at + 1) == Tokens.Kind.OPEN) {
            timeTravel(scope);
        }
    }

    private void sample(Scope scope) {
        c.at++;
        while (SAMPLING.contains(c.word(c.at)) || c.kind() == Tokens.Kind.OPEN) {
            if (c.kind() == Tokens.Kind.OPEN) {
                parenthesized(new Scope(scope.parent));
            } else {
                c.at++;
            }
        }
    }

    private boolean alias(Source source) {
        int from = c.at;
        boolean as = c.is("AS");
        int k = as ? c.at + 1 : c.at;
        boolean name = c.tokens.isName(k) && k < c.end && (as || Keywords.maybeAlias(c.word(k)));
        if (!name || source.alias != null) {
            return false;
        }
        source.alias = c.tokens.name(k);
        c.at = k + 1;
        if (c.kind() == Tokens.Kind.OPEN) {
            var columns = queries.columnList();
            source.listed = columns;
            source.outputs = source.outputs == null ? null : columns;
            source.renamed = true;
        }
        source.aliasFrom = from;
        source.aliasTo = c.at;
        return true;
    }
}
