package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.ExpressionReader.Until;
import dev.sfguard.gateway.sql.TableReference.Role;
import dev.sfguard.gateway.sql.Tokens.Kind;

/// Reads the relations and columns of one statement, by its class. What has no reader here is
/// told as unknown, never as touching nothing.
final class ObjectReader {
    private final Tokens tokens;
    private final Reading reading;

    /// Statements inside of statements, as in EXPLAIN and tasks.
    private int depth;

    private static final int DEEPEST = 8;

    ObjectReader(Tokens tokens, Reading reading) {
        this.tokens = tokens;
        this.reading = reading;
    }

    /// Every part of a `->>` chain.
    void readChain(Range range) {
        if (Classifier.classify(tokens, range.from(), range.to()) == StatementClass.SCRIPT) {
            reading.unknown("what a block touches is not followed");
            return;
        }
        int depth = 0;
        int from = range.from();
        for (int k = range.from(); k <= range.to(); k++) {
            Kind kind = k < range.to() ? tokens.kind(k) : Kind.END;
            depth += kind == Kind.OPEN ? 1 : kind == Kind.CLOSE ? -1 : 0;
            if (kind == Kind.END || (depth == 0 && tokens.isOperator(k, "->>"))) {
                read(new Range(from, k), from > range.from());
                from = k + 1;
            }
        }
    }

    void read(Range range) {
        read(range, false);
    }

    private void read(Range range, boolean inChain) {
        if (depth == DEEPEST) {
            reading.unknown("statements in statements, too deep to follow");
            return;
        }
        depth++;
        if (depth == 1) {
            reading.result = null;
        }
        var kind = Classifier.classify(tokens, range.from(), range.to());
        var cursor = new Cursor(tokens, range, reading);
        var queries = new QueryReader(cursor, inChain);
        var definitions = new DefinitionReader(queries, this);
        switch (kind) {
            case SELECT -> {
                var outputs = queries.outermost();
                if (depth == 1) {
                    reading.result = outputs;
                }
                atEnd(cursor);
            }
            case INSERT -> new ChangeReader(queries).read();
            case UPDATE, DELETE, MERGE -> {
                new ChangeReader(queries).read();
                reading.queries.add(range);
            }
            case TRUNCATE -> definitions.truncate();
            case CREATE -> definitions.create(Effects.objectKind(tokens, range));
            case ALTER -> definitions.alter();
            case DROP, UNDROP -> definitions.drop();
            case GRANT, REVOKE -> definitions.grant();
            case COMMENT -> definitions.comment();
            case DESCRIBE -> definitions.describe();
            case SHOW -> definitions.show();
            case COPY_LOAD, COPY_UNLOAD -> new CopyReader(queries).copy();
            case PUT -> new CopyReader(queries).stages(Role.TARGET);
            case GET, LIST, REMOVE -> new CopyReader(queries).stages(Role.SOURCE);
            case EXPLAIN -> explained(cursor);
            case SET -> variables(cursor, queries);
            case EXECUTE -> immediate(cursor);
            case CALL -> reading.unknown("what a procedure touches is its own");
            case SCRIPT -> reading.unknown("what a block touches is not followed");
            case OTHER -> reading.unknown("a statement of an unknown kind is not followed");
            case ALTER_SESSION, ALTER_USER, USE, USE_ROLE, UNSET, BEGIN, COMMIT, ROLLBACK -> {}
        }
        depth--;
    }

    private static void atEnd(Cursor cursor) {
        if (cursor.at < cursor.end) {
            cursor.stuck();
        }
    }

    /// `EXPLAIN [USING TEXT] statement`.
    private void explained(Cursor c) {
        c.at++;
        if (c.is("USING")) {
            c.at += 2;
        }
        if (c.at >= c.end) {
            c.stuck();
            return;
        }
        read(new Range(c.at, c.end), false);
    }

    private static void variables(Cursor c, QueryReader queries) {
        while (c.at < c.end && !c.isOperator("=")) {
            c.at++;
        }
        int from = c.at + 1;
        c.takeOperator("=");
        queries.expressions.read(new Scope(null), Until.QUERY, null);
        c.reading.queries.add(new Range(Math.min(from, c.end), c.end));
        atEnd(c);
    }

    private void immediate(Cursor c) {
        if (c.is(c.at + 1, "IMMEDIATE") && tokens.isLiteral(c.at + 2)) {
            reading.text(tokens.literal(c.at + 2));
        } else {
            reading.unknown("what it executes is known only when it runs");
        }
    }
}
