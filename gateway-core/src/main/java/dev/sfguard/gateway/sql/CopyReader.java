package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.ExpressionReader.Until;
import dev.sfguard.gateway.sql.TableReference.Role;
import dev.sfguard.gateway.sql.Tokens.Kind;

/// Reads COPY INTO, which loads a table from files or unloads one to them, and the statements
/// that only name stages.
final class CopyReader {
    private final Cursor c;
    private final QueryReader queries;

    CopyReader(QueryReader queries) {
        this.c = queries.c;
        this.queries = queries;
    }

    void copy() {
        if (c.is(c.at + 1, "FILES")) {
            stages(Role.SOURCE);
            return;
        }
        c.at += 2;
        target();
        var scope = new Scope(null);
        if (c.take("FROM")) {
            boolean query = c.kind() == Kind.OPEN;
            queries.relations.relation(scope, Role.SOURCE);
            if (!query) {
                scope.sources.forEach(source -> source.everyColumn = true);
            }
        }
        options(scope);
    }

    private void target() {
        if (c.kind() == Kind.STRING) {
            c.at++;
            return;
        }
        int before = c.reading.sources.size();
        queries.relations.relation(new Scope(null), Role.TARGET);
        if (c.reading.sources.size() == before) {
            c.stuck();
            return;
        }
        var target = c.reading.sources.get(before);
        if (c.kind() != Kind.OPEN) {
            target.everyWritten = true;
            return;
        }
        c.at++;
        while (c.tokens.isName(c.at) && c.at < c.end) {
            target.written.addAll(NameChain.readings(c.tokens.name(c.at)));
            c.at++;
            c.takeOperator(",");
        }
        c.expectClose();
    }

    private void options(Scope scope) {
        while (c.at < c.end) {
            if (c.is("PARTITION") && c.is(c.at + 1, "BY")) {
                c.at += 2;
                if (c.kind() != Kind.OPEN) {
                    c.stuck();
                    return;
                }
                c.at++;
                queries.expressions.read(scope, Until.CLOSE, null);
                c.expectClose();
            } else if (c.is("SELECT") || c.is("FROM")) {
                c.stuck();
            } else {
                c.at++;
            }
        }
    }

    /// PUT, GET, LIST, REMOVE, COPY FILES: every stage that stands in them.
    void stages(Role role) {
        for (; c.at < c.end; c.at++) {
            if (c.kind() == Kind.STAGE || c.kind() == Kind.STRING) {
                queries.stage(c.at, role);
            }
        }
    }
}
