package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.ObjectAccess.Mode;
import dev.sfguard.gateway.sql.Signal.Unseen;
import dev.sfguard.gateway.sql.TableReference.Kind;
import dev.sfguard.gateway.sql.TableReference.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds the objects of one text that was cut into tokens: reads it, resolves its names, and
/// looks through views.
final class ObjectFinder {
    /// Texts that execute texts; the floor refuses what is deeper.
    private static final int DEEPEST_TEXT = 3;

    /// @param unknown why not all could be found; null when all were
    record Found(
            List<ObjectAccess> accesses,
            Set<Unseen> unseen,
            Structure structure,
            @Nullable String unknown) {

        static Found nothing(String why) {
            return new Found(List.of(), Set.of(), Structure.NONE, why);
        }
    }

    private final Tokens tokens;
    private final Resolver resolver;
    private final Views views;
    private final SecondReader secondReader;
    private final Reading reading = new Reading();
    private final Accesses accesses = new Accesses();
    private final Set<Unseen> unseen = new LinkedHashSet<>();

    private ObjectFinder(Tokens tokens, Resolver resolver, Views views, SecondReader secondReader) {
        this.tokens = tokens;
        this.resolver = resolver;
        this.views = views;
        this.secondReader = secondReader;
    }

    static Found find(
            Tokens tokens,
            List<Range> statements,
            Resolver resolver,
            Views views,
            SecondReader secondReader) {
        return new ObjectFinder(tokens, resolver, views, secondReader).find(statements, 0);
    }

    private Found find(List<Range> statements, int nesting) {
        var excess = Bounds.exceeded(tokens);
        if (excess != null) {
            return Found.nothing(excess);
        }
        var reader = new ObjectReader(tokens, reading);
        statements.forEach(reader::readChain);
        if (reading.unknown() == null) {
            secondReader.doubt(tokens, reading).ifPresent(reading::unknown);
        }
        resolve();
        reading.texts.forEach(text -> inner(text, nesting + 1));
        String unknown = reading.unknown();
        return new Found(
                accesses.list(), unseen, unknown == null ? structure() : Structure.NONE, unknown);
    }

    private void resolve() {
        for (var source : reading.sources) {
            if (source.namesObject()) {
                name(source);
            } else if (source.maybeCte) {
                selfOrTable(source);
            }
        }
        var columns = ColumnResolver.adding(resolver);
        reading.uses.forEach(columns::resolve);
        reading.sources.stream().filter(Source::namesObject).forEach(this::access);
        reading.containers.forEach(this::container);
        for (String function : reading.functions) {
            if (!BuiltIns.contains(function)) {
                unseen.add(new Unseen(Unseen.Cause.FUNCTION, function));
            }
        }
    }

    private void name(Source source) {
        var names = source.chain == null ? null : resolver.resolve(source.chain);
        if (names == null) {
            boolean tooLong = source.chain != null && source.chain.size() > 3;
            reading.unknown(
                    tooLong
                            ? written(source) + " is no name of a table"
                            : "what %s is cannot be told: the session has no present database"
                                    .formatted(written(source)));
            return;
        }
        source.names = names;
    }

    private static String written(Source source) {
        return source.chain == null ? "a name" : String.join(".", source.chain.parts());
    }

    /// A name inside of the query that defines it, without RECURSIVE: it may be itself, or a
    /// table.
    private void selfOrTable(Source source) {
        var names = source.chain == null ? null : resolver.resolve(source.chain);
        boolean table =
                names != null
                        && names.stream()
                                .anyMatch(
                                        it ->
                                                resolver.catalog().find(it).isPresent()
                                                        || !resolver.catalog()
                                                                .databases()
                                                                .contains(it.database()));
        if (table) {
            reading.unknown(
                    "whether %s is itself or a table cannot be told; write RECURSIVE"
                            .formatted(written(source)));
        }
    }

    private void access(Source source) {
        if (isDual(source)) {
            return;
        }
        for (var name : source.names) {
            switch (source.mode) {
                case READ -> read(source, name);
                case WRITE, DDL -> {
                    accesses.add(name, source.mode, source.written, source.everyWritten);
                    if (source.everyColumn || !source.columns.isEmpty()) {
                        read(source, name);
                    }
                }
            }
        }
    }

    /// Snowflake's own DUAL. Somebody may just have made a view of that name: so nothing may be
    /// read of it.
    private boolean isDual(Source source) {
        return source.kind == Kind.TABLE
                && source.mode == Mode.READ
                && source.chain != null
                && source.chain.parts().equals(List.of("DUAL"))
                && source.columns.isEmpty()
                && !source.everyColumn
                && source.names.stream().noneMatch(it -> resolver.catalog().find(it).isPresent());
    }

    private void read(Source source, ObjectName name) {
        accesses.add(name, Mode.READ, source.columns, source.everyColumn);
        if (source.kind == Kind.STAGE) {
            // Files, of which nobody knows what they were made from.
            unseen.add(new Unseen(Unseen.Cause.DERIVED, "the files of %s's stage".formatted(name)));
        } else if (source.relation && readsRows(source)) {
            var beyond = views.behind(name, resolver.catalog());
            beyond.accesses().forEach(accesses::add);
            unseen.addAll(beyond.unseen());
        }
    }

    /// DESCRIBE, LIKE and REFERENCES show how a relation is made, and none of its rows.
    private static boolean readsRows(Source source) {
        return source.role != Role.COPIED || source.everyColumn || !source.columns.isEmpty();
    }

    private void container(Reading.Container container) {
        var parts = container.name().parts();
        boolean schema = container.kind().equals("SCHEMA");
        String database = schema && parts.size() == 1 ? resolver.database() : parts.getFirst();
        unseen.add(new Unseen(Unseen.Cause.CONTAINER, String.join(".", parts)));
        if (database == null) {
            return;
        }
        for (var name : resolver.within(database, schema ? parts.getLast() : null)) {
            accesses.add(name, container.mode(), Set.of(), container.mode() == Mode.READ);
        }
    }

    private void inner(String text, int nesting) {
        var inside = Lexer.read(text);
        if (nesting > DEEPEST_TEXT || inside.doubt() != null) {
            reading.unknown("a text in the statement is not followed");
            return;
        }
        var found =
                new ObjectFinder(inside, resolver, views, secondReader)
                        .find(BlockScanner.split(inside).statements(), nesting);
        found.accesses().forEach(accesses::add);
        unseen.addAll(found.unseen());
        if (found.unknown() != null) {
            reading.unknown(found.unknown());
        }
    }

    private Structure structure() {
        var explained = new HashMap<String, Integer>();
        var references = new ArrayList<TableReference>();
        var columns = new ArrayList<QualifiedColumn>();
        for (int token : reading.definitions) {
            Mentions.count(explained, tokens.name(token));
        }
        for (var source : reading.sources) {
            references.add(reference(source));
            if (source.chain != null && source.kind != Kind.STAGE) {
                Mentions.count(explained, source.chain.last());
            }
            String alias = source.alias;
            if (alias != null && !tokens.is(source.aliasFrom, "AS")) {
                Mentions.count(explained, alias);
            }
        }
        reading.uses.forEach(use -> qualified(use, columns));
        return new Structure(
                reading.texts.isEmpty(), references, columns, Mentions.counts(tokens), explained);
    }

    private TableReference reference(Source source) {
        return new TableReference(
                source.kind,
                source.role,
                source.names,
                source.chain == null ? "" : source.chain.last(),
                span(source.from, source.to),
                source.clauses,
                source.alias,
                source.aliasFrom < 0 ? null : span(source.aliasFrom, source.aliasTo));
    }

    private Span span(int from, int to) {
        return new Span(tokens.start(from), tokens.end(Math.max(from, to - 1)));
    }

    private void qualified(ColumnUse use, List<QualifiedColumn> columns) {
        var chain = use.chain();
        boolean star = use.form() == ColumnUse.Form.STAR;
        int parts = chain == null ? 0 : chain.size() + (star ? 1 : 0);
        if (chain == null || parts < 3 || chain.tokens().getLast() < 0) {
            return;
        }
        var table = star ? chain : chain.withoutLast();
        var names = resolver.resolve(table);
        int name = table.tokens().getLast();
        int column = star ? chain.to() + 1 : chain.tokens().getLast();
        if (names != null) {
            columns.add(
                    new QualifiedColumn(
                            names,
                            new Span(tokens.start(chain.from()), tokens.start(name)),
                            span(name, name + 1),
                            span(column, column + 1)));
        }
    }
}
