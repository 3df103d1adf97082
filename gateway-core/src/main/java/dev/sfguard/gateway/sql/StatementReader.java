package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.Tokens.Kind;
import java.util.Set;

/// Walks through a statement and every statement inside of it: the parts of a `->>` chain, a
/// block's statements, bodies of procedures and tasks, the constant text of EXECUTE
/// IMMEDIATE.
final class StatementReader {
    /// Constant texts inside of constant texts are read this deep, and refused beyond.
    private static final int DEEPEST_TEXT = 3;

    /// A task whose body creates a task whose body… is read this deep, and refused beyond.
    private static final int DEEPEST_BLOCK = 4;

    private static final Set<String> OTHER_LANGUAGES =
            Set.of("PYTHON", "JAVA", "JAVASCRIPT", "SCALA");

    /// Words behind which, inside of a block, a statement may begin.
    private static final Set<String> BEFORE_STATEMENT =
            Set.of(
                    "THEN", "ELSE", "DO", "BEGIN", "LOOP", "REPEAT", "DECLARE", "ASYNC", "AS",
                    "ACTION");

    private final Tokens tokens;
    private final Findings findings;
    private final int nesting;
    private int blocks;

    private StatementReader(Tokens tokens, Findings findings, int nesting) {
        this.tokens = tokens;
        this.findings = findings;
        this.nesting = nesting;
    }

    /// Reads a text without doubts.
    ///
    /// @param split its statements
    /// @return the class of the last one
    static StatementClass readText(
            Tokens tokens, BlockScanner.Split split, Findings findings, int nesting) {
        if (split.unclosed()) {
            findings.opaque("a block without its END");
        }
        Signals.collect(tokens, findings.signals());
        var reader = new StatementReader(tokens, findings, nesting);
        var kind = StatementClass.OTHER;
        for (var range : split.statements()) {
            kind = reader.chain(range);
        }
        reader.embedded();
        return kind;
    }

    /// `a ->> b`: each part is a statement, and the client reads the last one's result.
    private StatementClass chain(Range range) {
        var kind = Classifier.classify(tokens, range.from(), range.to());
        if (kind == StatementClass.SCRIPT) {
            return part(range);
        }
        int depth = 0;
        int from = range.from();
        for (int k = range.from(); k <= range.to(); k++) {
            Kind token = k < range.to() ? tokens.kind(k) : Kind.END;
            depth += token == Kind.OPEN ? 1 : token == Kind.CLOSE ? -1 : 0;
            boolean ends = token == Kind.END || (depth == 0 && tokens.isOperator(k, "->>"));
            if (ends) {
                kind = part(new Range(from, k));
                from = k + 1;
            }
        }
        return kind;
    }

    private StatementClass part(Range range) {
        var kind = Classifier.classify(tokens, range.from(), range.to());
        if (kind == StatementClass.SCRIPT) {
            findings.statement(kind, Set.of(), false);
            block(range, true);
            return kind;
        }
        plain(kind, range);
        int semicolon = firstSemicolon(range);
        if (semicolon < range.to() && !carriesBlock(kind)) {
            findings.opaque(
                    "a semicolon inside a statement at "
                            + Place.of(tokens.source(), tokens.start(semicolon)));
        }
        return kind;
    }

    private int firstSemicolon(Range range) {
        int k = range.from();
        while (k < range.to() && tokens.kind(k) != Kind.SEMICOLON) {
            k++;
        }
        return k;
    }

    private static boolean carriesBlock(StatementClass kind) {
        return kind == StatementClass.CREATE
                || kind == StatementClass.ALTER
                || kind == StatementClass.CALL;
    }

    /// A statement that begins with its verb.
    private void plain(StatementClass kind, Range range) {
        boolean hasWhere = mayHaveWhere(kind) && WhereClause.narrows(kind, tokens, range);
        findings.statement(kind, Effects.of(kind, tokens, range), hasWhere);
        switch (kind) {
            case CREATE, ALTER, DROP, ALTER_USER -> definition(kind, range);
            case ALTER_SESSION -> SessionSettings.alterSession(tokens, range, findings);
            case SET, UNSET -> SessionSettings.variables(tokens, range, findings);
            case EXECUTE -> immediate(range);
            case CALL -> {
                if (tokens.is(range.from(), "WITH")) {
                    body(range);
                }
            }
            default -> {}
        }
    }

    private static boolean mayHaveWhere(StatementClass kind) {
        return switch (kind) {
            case SELECT, INSERT, UPDATE, DELETE, MERGE -> true;
            default -> false;
        };
    }

    private void definition(StatementClass kind, Range range) {
        int object = Effects.objectKind(tokens, range);
        if (tokens.is(object, "USER") || kind == StatementClass.ALTER_USER) {
            findings.signal(new Signal.UserChange());
        }
        if (kind == StatementClass.CREATE && Effects.isTemporary(tokens, range)) {
            findings.signal(new Signal.TemporaryObject());
        }
        if (kind == StatementClass.DROP) {
            return;
        }
        switch (tokens.word(object)) {
            // These run by themselves, or as soon as they are resumed.
            case "TASK", "ALERT", "PIPE" -> body(range);
            case "PROCEDURE", "FUNCTION" -> findings.insideDefinition(() -> body(range));
            default -> {}
        }
    }

    /// What a task, procedure or function will run: a block or a statement behind AS or THEN,
    /// or a literal. A body in another language than SQL stays unread; it runs only by a CALL
    /// or inside of a function, where it has no session.
    private void body(Range range) {
        boolean sql = true;
        int literal = -1;
        int depth = 0;
        for (int k = range.from(); k < range.to(); k++) {
            Kind kind = tokens.kind(k);
            depth += kind == Kind.OPEN ? 1 : kind == Kind.CLOSE ? -1 : 0;
            if (depth == 0 && tokens.is(k, "LANGUAGE")) {
                sql &= !OTHER_LANGUAGES.contains(tokens.word(k + 1));
            } else if (depth == 0 && tokens.is(k, "AS") && tokens.isLiteral(k + 1)) {
                literal = k + 1;
            }
        }
        if (literal < 0) {
            block(range, false);
        } else if (sql) {
            innerText(literal);
        }
    }

    private void immediate(Range range) {
        int text = range.from() + 2;
        if (tokens.is(range.from() + 1, "IMMEDIATE") && tokens.isLiteral(text)) {
            innerText(text);
        }
    }

    private void innerText(int literal) {
        if (nesting == DEEPEST_TEXT) {
            findings.opaque("statements in texts in texts, too deep to follow");
            return;
        }
        String text = tokens.literal(literal);
        var inner = Lexer.read(text);
        var doubt = inner.doubt();
        if (doubt != null) {
            findings.opaque(
                    "in the text at %s: %s"
                            .formatted(
                                    Place.of(tokens.source(), tokens.start(literal)),
                                    Analyzer.describe(doubt, text)));
            return;
        }
        readText(inner, BlockScanner.split(inner), findings, nesting + 1);
    }

    /// Looks at every place of a block where a statement may begin. It counts no depth, so no
    /// wrong count can hide one.
    ///
    /// @param script a statement begins at the range's start too
    private void block(Range range, boolean script) {
        if (blocks == DEEPEST_BLOCK) {
            findings.opaque("definitions in definitions, too deep to follow");
            return;
        }
        blocks++;
        scanBlock(range, script);
        blocks--;
    }

    private void scanBlock(Range range, boolean script) {
        int k = range.from();
        int end = k;
        boolean declares = tokens.is(k, "DECLARE");
        while (k < range.to()) {
            if (end <= k) {
                end = nextSemicolon(k, range.to());
            }
            boolean fresh = k == range.from() ? script : tokens.kind(k - 1) == Kind.SEMICOLON;
            boolean inner = k > range.from() && BEFORE_STATEMENT.contains(tokens.word(k - 1));
            declares = (declares || tokens.is(k, "DECLARE")) && !tokens.is(k, "BEGIN");
            if ((fresh || inner) && tokens.kind(k) == Kind.WORD) {
                k = inside(new Range(k, end), fresh && !declares);
            } else {
                k++;
            }
        }
    }

    private int nextSemicolon(int from, int to) {
        int k = from + 1;
        while (k < to && tokens.kind(k) != Kind.SEMICOLON) {
            k++;
        }
        return k;
    }

    /// Reads the statement that may begin here; returns where to go on.
    ///
    /// @param certain a statement must begin here, so that an unknown word is an unknown
    ///     statement
    private int inside(Range range, boolean certain) {
        int k = range.from();
        var kind = Classifier.classify(tokens, k, range.to());
        if (kind == StatementClass.SCRIPT || tokens.isOperator(k + 1, ":=")) {
            return k + 1;
        }
        if (kind != StatementClass.OTHER) {
            chain(range);
            return range.to();
        }
        if (tokens.is(k, "WITH") || (certain && !Classifier.isScripting(tokens.word(k)))) {
            findings.statement(kind, Set.of(), false);
            return range.to();
        }
        return k + 1;
    }

    private void embedded() {
        for (int k = 0; k < tokens.size(); k++) {
            if (tokens.kind(k) == Kind.OPEN) {
                EmbeddedWrites.behind(tokens, k)
                        .ifPresent(kind -> findings.statement(kind, kind.implied(), false));
            }
        }
    }
}
