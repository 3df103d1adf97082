package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.ExpressionReader.Until;
import dev.sfguard.gateway.sql.TableReference.Role;
import dev.sfguard.gateway.sql.Tokens.Kind;
import org.jspecify.annotations.Nullable;

/// Reads INSERT, UPDATE, DELETE and MERGE: their target, what they write there and what they
/// read.
final class ChangeReader {
    private final Cursor c;
    private final QueryReader queries;

    ChangeReader(QueryReader queries) {
        this.c = queries.c;
        this.queries = queries;
    }

    void read() {
        queries.with(null);
        switch (c.word(c.at)) {
            case "INSERT" -> insert();
            case "UPDATE" -> update();
            case "DELETE" -> delete();
            case "MERGE" -> merge();
            default -> c.stuck();
        }
        if (c.at < c.end) {
            c.stuck();
        }
    }

    private void insert() {
        c.at++;
        c.take("OVERWRITE");
        if (c.take("ALL") || c.take("FIRST")) {
            insertAll();
            return;
        }
        into(new Scope(null));
        if (c.is("VALUES")) {
            c.at++;
            queries.values(new Scope(null));
        } else {
            queries.query(null);
        }
    }

    /// The conditions and values are the query's columns, which are read behind them.
    private void insertAll() {
        var rows = new Scope(null);
        while (!c.beginsQuery(c.at) && c.kind() != Kind.OPEN && c.kind() != Kind.END) {
            switch (c.word(c.at)) {
                case "WHEN" -> {
                    c.at++;
                    queries.expressions.read(rows, Until.PART, null);
                }
                case "THEN", "ELSE" -> c.at++;
                case "INTO" -> {
                    into(new Scope(null));
                    if (c.take("VALUES")) {
                        queries.values(rows);
                    }
                }
                default -> c.stuck();
            }
        }
        queries.query(null);
    }

    private void into(Scope scope) {
        if (!c.take("INTO")) {
            c.stuck();
            return;
        }
        var target = target(scope);
        columns(target);
    }

    private @Nullable Source target(Scope scope) {
        int before = c.reading.sources.size();
        queries.relations.relation(scope, Role.TARGET);
        var sources = c.reading.sources;
        if (sources.size() == before || !sources.get(before).namesObject()) {
            c.stuck();
            return null;
        }
        return sources.get(before);
    }

    /// `(a, b)`, or every column where there is no list.
    private void columns(@Nullable Source target) {
        if (target == null) {
            return;
        }
        if (c.kind() != Kind.OPEN || c.beginsQuery(c.at + 1) || c.kind(c.at + 1) == Kind.OPEN) {
            target.everyWritten = true;
            return;
        }
        c.at++;
        while (c.kind() != Kind.CLOSE && c.at < c.end) {
            column(target);
            if (!c.takeOperator(",")) {
                break;
            }
        }
        c.expectClose();
    }

    private void column(Source target) {
        var chain = NameChain.at(c.tokens, c.at);
        if (chain == null || chain.to() > c.end) {
            c.stuck();
            return;
        }
        target.written.addAll(NameChain.readings(chain.last()));
        c.at = chain.to();
    }

    private void update() {
        c.at++;
        var scope = new Scope(null);
        var target = target(scope);
        assignments(scope, target);
        if (c.take("FROM")) {
            queries.relations.read(scope);
        }
        where(scope);
    }

    private void where(Scope scope) {
        if (c.take("WHERE")) {
            queries.expressions.read(scope, Until.QUERY, null);
        }
    }

    private void assignments(Scope scope, @Nullable Source target) {
        if (target == null || !c.take("SET")) {
            c.stuck();
            return;
        }
        do {
            column(target);
            if (!c.takeOperator("=")) {
                c.stuck();
            }
            queries.expressions.read(scope, Until.PART, null);
        } while (c.takeOperator(","));
    }

    private void delete() {
        c.at++;
        if (!c.take("FROM")) {
            c.stuck();
            return;
        }
        var scope = new Scope(null);
        var target = target(scope);
        if (target != null) {
            target.everyWritten = true;
        }
        if (c.take("USING")) {
            queries.relations.read(scope);
        }
        where(scope);
    }

    private void merge() {
        c.at++;
        var scope = new Scope(null);
        if (!c.take("INTO")) {
            c.stuck();
            return;
        }
        var target = target(scope);
        if (!c.take("USING")) {
            c.stuck();
            return;
        }
        queries.relations.relation(scope, Role.SOURCE);
        if (!c.take("ON")) {
            c.stuck();
            return;
        }
        queries.expressions.read(scope, Until.PART, null);
        while (c.take("WHEN")) {
            queries.expressions.read(scope, Until.PART, null);
            if (!c.take("THEN")) {
                c.stuck();
                return;
            }
            action(scope, target);
        }
    }

    private void action(Scope scope, @Nullable Source target) {
        if (target == null) {
            return;
        }
        switch (c.word(c.at)) {
            case "DELETE" -> {
                c.at++;
                target.everyWritten = true;
            }
            case "UPDATE" -> {
                c.at++;
                if (!allByName(scope, target)) {
                    assignments(scope, target);
                }
            }
            case "INSERT" -> {
                c.at++;
                if (!allByName(scope, target)) {
                    columns(target);
                    if (!c.take("VALUES")) {
                        c.stuck();
                        return;
                    }
                    queries.values(scope);
                }
            }
            default -> c.stuck();
        }
    }

    /// `ALL BY NAME`: every column of the source goes to the target.
    private boolean allByName(Scope scope, Source target) {
        boolean all = c.is("ALL") && c.is(c.at + 1, "BY") && c.is(c.at + 2, "NAME");
        if (all) {
            c.at += 3;
            target.everyWritten = true;
            scope.sources.stream()
                    .filter(source -> source != target)
                    .forEach(source -> source.everyColumn = true);
        }
        return all;
    }
}
