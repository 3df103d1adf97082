package dev.sfguard.gateway.masking;

import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.Analyzer;
import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.sql.Catalog.Relation;
import dev.sfguard.gateway.sql.Identifier;
import dev.sfguard.gateway.sql.NameScope;
import dev.sfguard.gateway.sql.ObjectName;
import dev.sfguard.gateway.sql.QualifiedColumn;
import dev.sfguard.gateway.sql.Span;
import dev.sfguard.gateway.sql.Statement;
import dev.sfguard.gateway.sql.Structure;
import dev.sfguard.gateway.sql.TableReference;
import dev.sfguard.gateway.sql.TableReference.Clause;
import dev.sfguard.gateway.sql.TableReference.Role;
import dev.sfguard.gateway.sql.ViewText;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The relations of one text: finds those that are masked, or views over such, and what must
/// stand in their place.
final class References {
    /// Views over views over views.
    private static final int DEEPEST = 16;

    private final String text;
    private final Catalog catalog;
    private final Map<ObjectName, String> projections;
    private final Analyzer analyzer;
    private final int depth;
    private final Set<ObjectName> reached = new HashSet<>();
    private final Map<ObjectName, Optional<String>> bodies = new HashMap<>();

    /// @param projections the masked projection of each masked table, open for its clauses
    References(
            String text,
            Catalog catalog,
            Map<ObjectName, String> projections,
            Analyzer analyzer,
            int depth) {
        this.text = text;
        this.catalog = catalog;
        this.projections = projections;
        this.analyzer = analyzer;
        this.depth = depth;
    }

    /// The masked tables that were found.
    Set<ObjectName> reached() {
        return reached;
    }

    /// @param anywhere the text will stand where names are looked up elsewhere: every name is
    ///     written in full
    Edits edit(Structure structure, boolean anywhere) throws MaskRefused {
        var edits = new Edits(text);
        var replaced = new HashSet<ObjectName>();
        for (var table : structure.tables()) {
            switch (table.kind()) {
                case TABLE, IDENTIFIER, TABLE_LITERAL -> table(table, anywhere, edits, replaced);
                case STAGE -> stage(table);
                case CTE, FUNCTION, VALUES, RESULT -> {}
            }
        }
        for (var column : structure.columns()) {
            column(column, replaced, edits);
        }
        return edits;
    }

    private void stage(TableReference stage) throws MaskRefused {
        if (stage.names().stream().anyMatch(projections::containsKey)) {
            throw new MaskRefused(
                    "the files of %s's stage may hold its masked columns"
                            .formatted(stage.names().getFirst()));
        }
    }

    private void table(
            TableReference table, boolean anywhere, Edits edits, Set<ObjectName> replaced)
            throws MaskRefused {
        var inside = inside(table);
        if (inside.isPresent()) {
            if (table.role() == Role.TARGET) {
                return;
            }
            if (table.role() == Role.COPIED) {
                throw new MaskRefused(
                        "%s cannot be copied as a whole without its masked columns"
                                .formatted(table.last()));
            }
            replace(table, inside.get(), edits);
            replaced.addAll(table.names());
        } else if (anywhere) {
            name(table, edits);
            replaced.addAll(table.names());
        }
    }

    /// What stands in the brackets in its place; empty when it shows nothing masked.
    private Optional<String> inside(TableReference table) throws MaskRefused {
        var masked = table.names().stream().filter(projections::containsKey).toList();
        if (!masked.isEmpty() && table.names().size() > 1) {
            throw new MaskRefused(
                    "%s may be any of %s; write the name in full"
                            .formatted(table.last(), table.names()));
        }
        if (!masked.isEmpty()) {
            reached.add(masked.getFirst());
            return Optional.of(projections.getOrDefault(masked.getFirst(), ""));
        }
        for (var name : table.names()) {
            var relation = catalog.find(name);
            if (relation.isPresent() && relation.get().kind() == Catalog.Kind.VIEW) {
                var body = body(relation.get());
                if (body.isPresent() && table.names().size() > 1) {
                    throw new MaskRefused(
                            "%s may be any of %s; write the name in full"
                                    .formatted(table.last(), table.names()));
                }
                if (body.isPresent()) {
                    return body;
                }
            }
        }
        return Optional.empty();
    }

    /// A view's query with its tables masked; empty when none of them is.
    private Optional<String> body(Relation view) throws MaskRefused {
        var known = bodies.get(view.name());
        if (known == null) {
            known = freshBody(view);
            bodies.put(view.name(), known);
        }
        return known;
    }

    private Optional<String> freshBody(Relation view) throws MaskRefused {
        var definition = view.definition();
        var parts =
                Optional.ofNullable(definition)
                        .flatMap(ViewText::of)
                        .orElseThrow(() -> notRead(view));
        if (depth == DEEPEST) {
            throw new MaskRefused("%s is a view over too many others".formatted(view.name()));
        }
        var scope = new NameScope(view.name().database(), view.name().schema());
        var analysis = analyzer.analyze(new Statement(parts.query(), 0), scope, catalog);
        if (!(analysis instanceof Analysis.Understood understood)
                || !understood.structure().complete()) {
            throw notRead(view);
        }
        for (var name : projections.keySet()) {
            if (!understood.structure().explains(name.name())) {
                throw notRead(view);
            }
        }
        var references =
                new References(parts.query(), catalog, projections, analyzer, depth + 1);
        if (references.edit(understood.structure(), false).isEmpty()) {
            return Optional.empty();
        }
        var edited = references.edit(understood.structure(), true).apply().text();
        reached.addAll(references.reached());
        // A comment at its end must not hide the bracket.
        var body = edited + (edited.contains("--") || edited.contains("//") ? "\n" : "");
        return Optional.of(
                parts.columns().isEmpty()
                        ? body
                        : "WITH %1$s (%2$s) AS (%3$s) SELECT * FROM %1$s"
                                .formatted(
                                        Identifier.quote(view.name().name()),
                                        parts.columns().stream()
                                                .map(Identifier::quote)
                                                .collect(Collectors.joining(", ")),
                                        body));
    }

    private static MaskRefused notRead(Relation view) {
        return new MaskRefused(
                "the view %s may show masked columns, and its definition cannot be followed"
                        .formatted(view.name()));
    }

    private void replace(TableReference table, String inside, Edits edits) throws MaskRefused {
        boolean view = !projections.containsKey(table.names().getFirst());
        var moved = new StringBuilder();
        boolean reshaped = false;
        for (var clause : table.clauses()) {
            switch (clause.form()) {
                case TIME_TRAVEL, CHANGES -> {
                    if (view) {
                        throw new MaskRefused(
                                "the view %s is masked, and its past cannot be"
                                        .formatted(table.last()));
                    }
                    move(table, clause, moved, edits);
                }
                case SAMPLE -> {
                    if (!view) {
                        move(table, clause, moved, edits);
                    }
                }
                case PIVOT, UNPIVOT, MATCH_RECOGNIZE -> reshaped = true;
            }
        }
        var instead = new StringBuilder("(").append(inside).append(moved).append(')');
        if (table.alias() == null && !reshaped && takesAlias(table)) {
            instead.append(" AS ").append(Identifier.quote(table.last()));
        }
        edits.replace(table.name(), instead.toString());
    }

    /// In `COPY INTO @s FROM t` no alias may stand. A wrong guess is an error at Snowflake.
    private boolean takesAlias(TableReference table) {
        var before = text.substring(0, table.name().start());
        boolean copies = depth == 0 && text.stripLeading().regionMatches(true, 0, "COPY", 0, 4);
        long open = before.chars().filter(c -> c == '(').count();
        return !copies || open > before.chars().filter(c -> c == ')').count();
    }

    private void move(TableReference table, Clause clause, StringBuilder moved, Edits edits)
            throws MaskRefused {
        var what = text.substring(clause.span().start(), clause.span().end());
        // Binds must stay in their order.
        var passed = text.substring(table.name().end(), clause.span().start());
        if (what.contains("?") && passed.contains("?")) {
            throw new MaskRefused(
                    "a bind in %s would change its place".formatted(clause.form()));
        }
        moved.append(' ').append(what);
        edits.replace(clause.span(), "");
    }

    /// An unmasked table of a view's text.
    private void name(TableReference table, Edits edits) throws MaskRefused {
        if (table.names().size() != 1) {
            throw new MaskRefused("%s may be any of %s".formatted(table.last(), table.names()));
        }
        edits.replace(table.name(), table.names().getFirst().sql());
    }

    /// `schema.t.col` becomes `t.col`: what stands in the table's place has its name alone.
    private static void column(
            QualifiedColumn column, Set<ObjectName> replaced, Edits edits) throws MaskRefused {
        if (column.names().stream().noneMatch(replaced::contains)) {
            return;
        }
        if (column.names().size() > 1) {
            throw new MaskRefused(
                    "a column's table may be any of %s; write it with an alias"
                            .formatted(column.names()));
        }
        edits.replace(new Span(column.prefix().start(), column.prefix().end()), "");
    }
}
