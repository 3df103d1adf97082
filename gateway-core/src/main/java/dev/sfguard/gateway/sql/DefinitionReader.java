package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.ObjectAccess.Mode;
import dev.sfguard.gateway.sql.ObjectKind.Place;
import dev.sfguard.gateway.sql.TableReference.Role;
import dev.sfguard.gateway.sql.Tokens.Kind;
import org.jspecify.annotations.Nullable;

/// Reads which objects CREATE, ALTER, DROP and their like define, and what they read for it.
/// Options are stepped over, but never a query in them.
final class DefinitionReader {
    private final Cursor c;
    private final QueryReader queries;
    private final ObjectReader statements;

    DefinitionReader(QueryReader queries, ObjectReader statements) {
        this.c = queries.c;
        this.queries = queries;
        this.statements = statements;
    }

    void create(int object) {
        boolean replaces = c.is(c.at + 1, "OR");
        var kind = ObjectKind.at(c, object);
        c.at = kind.behind();
        ifExists();
        switch (kind.place()) {
            case RELATION -> {
                if (c.is(object, "SEMANTIC")) {
                    c.stuck();
                    return;
                }
                defined(true);
                if (kind.last().equals("STREAM")) {
                    stream();
                }
                options(true);
            }
            case SCHEMA -> {
                defined(false);
                inSchema(kind);
            }
            case CONTAINER -> {
                var name = NameChain.at(c.tokens, c.at);
                if (replaces && name != null) {
                    c.reading.contains(name, kind.last(), Mode.DDL);
                }
                cloneOfContainer(kind);
            }
            case ACCOUNT -> options(false);
            case UNKNOWN -> c.stuck();
        }
    }

    void alter() {
        var kind = ObjectKind.at(c, c.at + 1);
        c.at = kind.behind();
        ifExists();
        switch (kind.place()) {
            case RELATION -> {
                var altered = defined(true);
                if (altered != null) {
                    altered.everyWritten = true;
                }
                alterations();
            }
            case SCHEMA -> {
                defined(false);
                if (c.is("MODIFY") || kind.last().equals("COLUMN")) {
                    c.stuck();
                }
                alterations();
            }
            case CONTAINER -> container(kind);
            case ACCOUNT -> options(false);
            case UNKNOWN -> c.stuck();
        }
    }

    private void alterations() {
        while (c.at < c.end) {
            boolean second =
                    (c.is("RENAME") && c.is(c.at + 1, "TO"))
                            || (c.is("SWAP") && c.is(c.at + 1, "WITH"));
            if (second) {
                c.at += 2;
                defined(true);
            } else {
                option(false);
            }
        }
    }

    void drop() {
        var kind = ObjectKind.at(c, c.at + 1);
        c.at = kind.behind();
        ifExists();
        named(kind, Mode.DDL);
    }

    void truncate() {
        c.at++;
        c.take("MATERIALIZED");
        if (!c.take("TABLE")) {
            c.take("VIEW");
        }
        ifExists();
        var table = object(Role.TARGET, Mode.WRITE);
        if (table != null) {
            table.everyWritten = true;
        }
        options(false);
    }

    /// `GRANT … ON kind name TO …`; a grant of roles has no ON.
    void grant() {
        while (c.at < c.end && !c.is("ON")) {
            c.at++;
        }
        if (c.at >= c.end) {
            return;
        }
        c.at++;
        boolean many = c.is("ALL") || c.is("FUTURE");
        if (many) {
            while (c.at < c.end && !c.is("IN")) {
                c.at++;
            }
            c.at++;
        }
        var kind = ObjectKind.at(c, c.at);
        if (kind.place() == Place.UNKNOWN && c.tokens.isName(c.at)) {
            // A table, where no kind is written.
            object(Role.TARGET, Mode.DDL);
            c.at = c.end;
            return;
        }
        c.at = kind.behind();
        named(kind, Mode.DDL);
    }

    /// `COMMENT [IF EXISTS] ON kind name IS '…'`.
    void comment() {
        c.at++;
        ifExists();
        if (!c.take("ON")) {
            c.stuck();
            return;
        }
        var kind = ObjectKind.at(c, c.at);
        c.at = kind.behind();
        if (kind.last().equals("COLUMN")) {
            column();
        } else {
            named(kind, Mode.DDL);
        }
    }

    private void column() {
        var chain = NameChain.at(c.tokens, c.at);
        if (chain == null || chain.size() < 2) {
            c.stuck();
            return;
        }
        var table = chain.withoutLast();
        add(table, Role.TARGET, Mode.DDL).written.add(chain.last());
        c.at = c.end;
    }

    /// DESCRIBE shows how an object is made, and none of its rows.
    void describe() {
        c.at++;
        if (c.is("RESULT")) {
            c.at = c.end;
            return;
        }
        var kind = ObjectKind.at(c, c.at);
        boolean written = kind.place() != Place.UNKNOWN;
        c.at = written ? kind.behind() : c.at;
        named(written ? kind : new ObjectKind(Place.RELATION, "TABLE", c.at), Mode.READ);
    }

    /// `SHOW … IN TABLE name`; everything else of SHOW lists names.
    void show() {
        while (c.at < c.end) {
            boolean object =
                    (c.is("IN") || c.is("ON"))
                            && (c.is(c.at + 1, "TABLE") || c.is(c.at + 1, "VIEW"))
                            && c.tokens.isName(c.at + 2);
            if (object) {
                c.at += 2;
                object(Role.COPIED, Mode.READ);
            } else {
                c.at++;
            }
        }
    }

    private void named(ObjectKind kind, Mode mode) {
        switch (kind.place()) {
            case RELATION, SCHEMA -> {
                object(mode == Mode.READ ? Role.COPIED : Role.TARGET, mode);
                options(false);
            }
            case CONTAINER -> {
                if (mode != Mode.READ) {
                    container(kind);
                }
            }
            case ACCOUNT -> options(false);
            case UNKNOWN -> c.stuck();
        }
    }

    private void container(ObjectKind kind) {
        var name = NameChain.at(c.tokens, c.at);
        if (name == null) {
            c.stuck();
            return;
        }
        c.reading.contains(name, kind.last(), Mode.DDL);
        c.at = name.to();
        options(false);
    }

    private void cloneOfContainer(ObjectKind kind) {
        while (c.at < c.end) {
            if (c.is("CLONE")) {
                var name = NameChain.at(c.tokens, c.at + 1);
                if (name == null) {
                    c.stuck();
                    return;
                }
                c.reading.contains(name, kind.last(), Mode.READ);
                c.at = name.to();
            } else {
                option(false);
            }
        }
    }

    private void ifExists() {
        if (c.is("IF") && (c.is(c.at + 1, "EXISTS") || c.is(c.at + 1, "NOT"))) {
            c.at += c.is(c.at + 1, "NOT") ? 3 : 2;
        }
    }

    /// The object that the statement defines.
    private @Nullable Source defined(boolean relation) {
        var source = object(Role.TARGET, Mode.DDL);
        if (source != null) {
            source.relation = relation;
        }
        return source;
    }

    private @Nullable Source object(Role role, Mode mode) {
        int from = c.at;
        if (c.is("IDENTIFIER") && c.kind(c.at + 1) == Kind.OPEN) {
            boolean constant = c.tokens.isLiteral(c.at + 2) && c.kind(c.at + 3) == Kind.CLOSE;
            var chain =
                    constant ? NameChain.inText(c.tokens.literal(c.at + 2), from, from + 4) : null;
            if (chain == null) {
                c.stuck();
                return null;
            }
            c.at += 4;
            return add(chain, role, mode);
        }
        var chain = NameChain.at(c.tokens, c.at);
        if (chain == null || chain.to() > c.end) {
            c.stuck();
            return null;
        }
        c.at = chain.to();
        return add(chain, role, mode);
    }

    private Source add(NameChain chain, Role role, Mode mode) {
        var source =
                new Source(TableReference.Kind.TABLE, role, chain, null, chain.from(), chain.to());
        source.mode = mode;
        return c.reading.add(source);
    }

    private void stream() {
        while (c.at < c.end && !c.is("ON")) {
            if (c.is("CLONE")) {
                return;
            }
            c.at++;
        }
        c.at++;
        if (c.is("STAGE")) {
            c.at = c.end;
            return;
        }
        c.at = ObjectKind.at(c, c.at).behind();
        var watched = object(Role.COPIED, Mode.READ);
        if (watched != null) {
            watched.everyColumn = true;
        }
    }

    private void inSchema(ObjectKind kind) {
        switch (kind.last()) {
            case "FUNCTION", "PROCEDURE" -> {
                c.reading.unknown("the body of a function or procedure is not followed");
                c.at = c.end;
            }
            case "TASK", "PIPE", "ALERT" -> body();
            default -> options(false);
        }
    }

    /// What runs by itself later: the statement behind AS or THEN.
    private void body() {
        while (c.at < c.end) {
            if (c.is("AS") || c.is("THEN")) {
                statements.read(new Range(c.at + 1, c.end));
                c.at = c.end;
            } else {
                option(false);
            }
        }
    }

    private void options(boolean mayRead) {
        while (c.at < c.end) {
            option(mayRead);
        }
    }

    private void option(boolean mayRead) {
        if (c.kind() == Kind.OPEN) {
            parenthesized();
        } else if (c.is("SELECT") || (c.is("FROM") && mayRead) || c.kind() == Kind.DOLLAR_STRING) {
            c.stuck();
        } else if (mayRead && c.is("AS")) {
            c.at++;
            queries.outermost();
            if (c.at < c.end) {
                c.stuck();
            }
        } else if (mayRead && (c.is("CLONE") || c.is("LIKE"))) {
            boolean rows = c.is("CLONE");
            c.at++;
            var copied = object(Role.COPIED, Mode.READ);
            if (copied != null) {
                copied.everyColumn = rows;
            }
        } else {
            c.at++;
        }
    }

    /// Column definitions and options, stepped over up to a query or a foreign table.
    private void parenthesized() {
        int behind = c.behindClose(c.at);
        while (c.at < behind) {
            if (c.kind() == Kind.OPEN && c.beginsQuery(c.at + 1)) {
                c.at++;
                queries.outermost();
                c.expectClose();
            } else if (c.is("SELECT")) {
                c.stuck();
            } else if (c.is("REFERENCES") && c.tokens.isName(c.at + 1)) {
                c.at++;
                object(Role.COPIED, Mode.READ);
            } else {
                c.at++;
            }
        }
    }
}
