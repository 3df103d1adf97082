package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.ExpressionReader.Until;
import dev.sfguard.gateway.sql.TableReference.Kind;
import dev.sfguard.gateway.sql.TableReference.Role;
import org.jspecify.annotations.Nullable;

/// Reads queries: common table expressions, set operators, SELECT and VALUES. Every part of a
/// query that can name a relation has one place here where it is read; anything else is told as
/// not followed.
final class QueryReader {
    final Cursor c;
    final ExpressionReader expressions;
    final FromReader relations;

    /// What is visible where the cursor stands, the nearest first.
    private @Nullable CommonTable common;

    /// A `$1` is the result of the part before, in a `->>` chain.
    final boolean inChain;

    QueryReader(Cursor cursor, boolean inChain) {
        this.c = cursor;
        this.inChain = inChain;
        this.expressions = new ExpressionReader(cursor, this);
        this.relations = new FromReader(cursor, this);
    }

    /// Reads a query that stands in no other one.
    Outputs outermost() {
        int from = c.at;
        var outputs = query(null);
        c.reading.queries.add(new Range(from, Math.max(from, c.at)));
        return outputs;
    }

    /// Reads a query up to the end, or to the parenthesis that closes around it.
    Outputs query(@Nullable Scope parent) {
        return query(parent, null);
    }

    private Outputs query(@Nullable Scope parent, @Nullable CommonTable self) {
        var before = common;
        with(parent);
        var outputs = body(parent, self);
        common = before;
        return outputs;
    }

    /// Reads `WITH …` if it stands here; what it defines stays visible.
    void with(@Nullable Scope parent) {
        if (!c.take("WITH")) {
            return;
        }
        boolean recursive = c.is("RECURSIVE") && !c.is(c.at + 1, "AS") && c.take("RECURSIVE");
        do {
            define(parent, recursive);
        } while (c.takeOperator(","));
    }

    private void define(@Nullable Scope parent, boolean recursive) {
        if (!c.tokens.isName(c.at) || c.at >= c.end) {
            c.stuck();
            return;
        }
        var table = new CommonTable(c.tokens.name(c.at), recursive, common);
        c.reading.definitions.add(c.at);
        c.at++;
        Outputs listed = c.kind() == Tokens.Kind.OPEN ? columnList() : null;
        if (!c.take("AS") || c.kind() != Tokens.Kind.OPEN) {
            c.stuck();
            return;
        }
        c.at++;
        common = table;
        int uses = c.reading.uses.size();
        var outputs = query(parent, table);
        table.uses = new Range(uses, c.reading.uses.size());
        table.body = outputs;
        table.listed = listed;
        table.outputs = listed == null ? outputs : listed;
        c.expectClose();
    }

    /// `(a, b)`.
    Outputs columnList() {
        var outputs = new Outputs();
        c.at++;
        while (c.tokens.isName(c.at) && c.at < c.end) {
            outputs.add(c.tokens.name(c.at));
            // The parser calls these columns; they are names for what was read elsewhere.
            c.reading.columnTokens.set(c.at);
            c.at++;
            if (!c.takeOperator(",")) {
                break;
            }
        }
        c.expectClose();
        return outputs;
    }

    private Outputs body(@Nullable Scope parent, @Nullable CommonTable self) {
        var outputs = term(parent);
        while (true) {
            if (isSetOperator(c.at)) {
                // What is only taken away shows nothing of itself.
                boolean shows = !c.is("MINUS") && !c.is("EXCEPT");
                boolean byName = false;
                c.at++;
                if (!c.take("ALL")) {
                    c.take("DISTINCT");
                }
                if (c.take("BY")) {
                    c.take("NAME");
                    byName = true;
                    outputs.open();
                }
                if (self != null) {
                    self.laterBranch = true;
                }
                var other = term(parent);
                if (shows) {
                    outputs.branch(other, byName);
                }
            } else if (isTail()) {
                // ORDER BY and LIMIT of all branches together.
                expressions.read(new Scope(parent), Until.QUERY, null);
            } else {
                return outputs;
            }
        }
    }

    private boolean isTail() {
        return Keywords.SECTIONS.contains(c.word(c.at));
    }

    private Outputs term(@Nullable Scope parent) {
        if (c.kind() == Tokens.Kind.OPEN) {
            c.at++;
            var outputs = query(parent);
            c.expectClose();
            return outputs;
        }
        if (c.is("SELECT")) {
            return select(parent);
        }
        if (c.take("VALUES")) {
            int uses = c.reading.uses.size();
            values(new Scope(parent));
            var outputs = Outputs.unknown();
            outputs.values = new Range(uses, c.reading.uses.size());
            return outputs;
        }
        c.stuck();
        return Outputs.unknown();
    }

    /// The rows behind VALUES.
    void values(Scope scope) {
        if (c.kind() != Tokens.Kind.OPEN) {
            c.stuck();
        }
        while (c.kind() == Tokens.Kind.OPEN) {
            c.at++;
            expressions.read(scope, Until.CLOSE, null);
            c.expectClose();
            if (c.isOperator(",") && c.kind(c.at + 1) == Tokens.Kind.OPEN) {
                c.at++;
            }
        }
    }

    private Outputs select(@Nullable Scope parent) {
        c.at++;
        var scope = new Scope(parent);
        var outputs = new Outputs();
        scope.outputs = outputs;
        outputs.scope = scope;
        if (!c.take("ALL")) {
            c.take("DISTINCT");
        }
        if (c.is("TOP") && c.kind(c.at + 1) == Tokens.Kind.NUMBER) {
            c.at += 2;
        }
        expressions.read(scope, Until.ITEMS, outputs);
        if (c.take("INTO")) {
            // Into variables of a block; a table does not stand there.
            if (!c.isOperator(":")) {
                c.stuck();
            }
            expressions.read(scope, Until.ITEMS, null);
        }
        if (c.take("FROM")) {
            relations.read(scope);
            if (!endsHere() && !isTail() && !isSetOperator(c.at)) {
                c.stuck();
            }
        }
        expressions.read(scope, Until.QUERY, null);
        return outputs;
    }

    boolean endsHere() {
        return switch (c.kind()) {
            case END, CLOSE, SEMICOLON -> true;
            default -> c.isOperator("->>");
        };
    }

    /// `EXCEPT` is a name too.
    boolean isSetOperator(int k) {
        String word = c.word(k);
        if (!Keywords.SET_OPERATORS.contains(word)) {
            return false;
        }
        return !word.equals("EXCEPT")
                || c.kind(k + 1) == Tokens.Kind.OPEN
                || c.is(k + 1, "SELECT")
                || c.is(k + 1, "ALL")
                || c.is(k + 1, "DISTINCT")
                || c.is(k + 1, "VALUES");
    }

    /// A few words that end in JOIN.
    boolean isJoin(int k) {
        for (int i = k; i < k + 5 && Keywords.JOINS.contains(c.word(i)); i++) {
            if (c.is(i, "JOIN")) {
                return true;
            }
        }
        return false;
    }

    /// What an unqualified name in FROM is, if it is a common table expression.
    @Nullable CommonTable visible(String name) {
        for (var table = common; table != null; table = table.next) {
            // In its own first branch the name is still another's.
            boolean own = table.outputs == null && !table.laterBranch;
            if (table.name.equals(name) && !own) {
                return table;
            }
        }
        return null;
    }

    /// A stage, or a literal that may be one: `@%t` is the stage of a table.
    Source stage(int k, Role role) {
        String path =
                c.kind(k) == Tokens.Kind.STRING ? c.tokens.literal(k).strip() : c.tokens.text(k);
        var chain = path.startsWith("@") ? StagePath.table(path, k) : null;
        var outputs = Outputs.unknown();
        var source = new Source(Kind.STAGE, role, chain, outputs, k, k + 1);
        source.everyColumn = role != Role.TARGET;
        source.everyWritten = role == Role.TARGET;
        source.reshaped = true;
        return c.reading.add(source);
    }
}
