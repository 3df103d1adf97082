package dev.sfguard.gateway.masking;

import dev.sfguard.gateway.policy.Masks;
import dev.sfguard.gateway.policy.Masks.ColumnMask;
import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.Analysis.Understood;
import dev.sfguard.gateway.sql.Analyzer;
import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.sql.NameScope;
import dev.sfguard.gateway.sql.ObjectName;
import dev.sfguard.gateway.sql.Span;
import dev.sfguard.gateway.sql.Statement;
import dev.sfguard.gateway.sql.Structure;
import dev.sfguard.gateway.sql.TableReference;
import dev.sfguard.gateway.sql.TableReference.Role;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Puts a masked projection in the place of every table with masked columns, in the user's own
/// text, so that Snowflake computes with masked values only. What it cannot do with certainty it
/// refuses; what it did it reads again as if a stranger had written it. Pure, safe for threads.
public final class MaskRewriter {
    /// Snowflake takes no more.
    private static final int LONGEST = 1_000_000;

    private final Analyzer analyzer;
    private final MaskExpression expressions;

    /// @param hashFunction the connection's own for masks by hash
    public MaskRewriter(Analyzer analyzer, Optional<ObjectName> hashFunction) {
        this.analyzer = analyzer;
        this.expressions = new MaskExpression(hashFunction);
    }

    /// @param masks with columns
    /// @param scope where the statement's names are looked up
    /// @param catalog the picture that the statement was analyzed with
    public Rewriting rewrite(
            Statement statement,
            Understood analysis,
            Masks masks,
            NameScope scope,
            Catalog catalog) {
        try {
            var projections = projections(masks, catalog);
            var structure = structure(analysis, projections.keySet());
            var references = new References(statement.text(), catalog, projections, analyzer, 0);
            var edits = references.edit(structure, false);
            refuseTargets(analysis, structure, projections.keySet());
            refuseUnreached(projections.keySet(), references.reached());
            var result = edits.apply();
            check(statement, analysis, result, projections.keySet(), scope, catalog);
            return new Rewriting.Rewritten(result.text(), columns(masks));
        } catch (MaskRefused refused) {
            return new Rewriting.Refused(String.valueOf(refused.getMessage()));
        }
    }

    private Map<ObjectName, String> projections(Masks masks, Catalog catalog) throws MaskRefused {
        var projections = new HashMap<ObjectName, String>();
        for (var entry : masks.columns().entrySet()) {
            var relation = catalog.find(entry.getKey());
            if (relation.isEmpty() || relation.get().kind() != Catalog.Kind.TABLE) {
                throw new MaskRefused(
                        "%s is no table that the gateway knows".formatted(entry.getKey()));
            }
            projections.put(entry.getKey(), projection(relation.get(), entry.getValue()));
        }
        return projections;
    }

    /// `SELECT * REPLACE (… AS COL) FROM T`, still open for the clauses of T.
    private String projection(Catalog.Relation table, Map<String, ColumnMask> columns)
            throws MaskRefused {
        var replaced = new StringBuilder();
        // In the table's order, so that the same statement always has the same text.
        for (var column : table.columns()) {
            var mask = columns.get(column.name());
            if (mask != null) {
                replaced.append(replaced.isEmpty() ? "" : ", ")
                        .append(expressions.of(mask.with(), column.name(), column.type()))
                        .append(" AS ")
                        .append(dev.sfguard.gateway.sql.Identifier.quote(column.name()));
            }
        }
        long known =
                table.columns().stream().filter(it -> columns.containsKey(it.name())).count();
        if (known != columns.size()) {
            throw new MaskRefused(
                    "%s has masked columns that the gateway does not know"
                            .formatted(table.name()));
        }
        return "SELECT * REPLACE (" + replaced + ") FROM " + table.name().sql();
    }

    private static Structure structure(Understood analysis, Set<ObjectName> masked)
            throws MaskRefused {
        var structure = analysis.structure();
        if (!structure.complete()) {
            throw new MaskRefused("a text or a definition in it is not followed");
        }
        explained(structure, masked);
        return structure;
    }

    /// Every mention of a masked table's name is one that the structure knows.
    private static void explained(Structure structure, Set<ObjectName> masked)
            throws MaskRefused {
        for (var name : masked) {
            if (!structure.explains(name.name())) {
                throw new MaskRefused(
                        "%s stands in it where the gateway does not follow it"
                                .formatted(name.name()));
            }
        }
    }

    /// The rows of a changed table cannot be replaced by masked ones.
    private static void refuseTargets(
            Understood analysis, Structure structure, Set<ObjectName> masked) throws MaskRefused {
        boolean onlyAdds =
                analysis.classes().stream()
                        .allMatch(
                                kind ->
                                        switch (kind) {
                                            case SELECT, INSERT, CREATE, COPY_LOAD, COPY_UNLOAD ->
                                                    true;
                                            default -> false;
                                        });
        for (var table : structure.tables()) {
            if (table.role() == Role.TARGET
                    && !onlyAdds
                    && table.names().stream().anyMatch(masked::contains)) {
                throw new MaskRefused(
                        "it changes %s by what masked columns hold".formatted(table.last()));
            }
        }
    }

    private static void refuseUnreached(Set<ObjectName> masked, Set<ObjectName> reached)
            throws MaskRefused {
        for (var name : masked) {
            if (!reached.contains(name)) {
                throw new MaskRefused(
                        "how it reads %s is not followed".formatted(name));
            }
        }
    }

    private static Map<ObjectName, Set<String>> columns(Masks masks) {
        var columns = new HashMap<ObjectName, Set<String>>();
        masks.columns().forEach((name, ofIt) -> columns.put(name, Set.copyOf(ofIt.keySet())));
        return columns;
    }

    /// Reads the own output: it must be the same kind of statement, and no masked table may stand
    /// in it outside of what was put in.
    private void check(
            Statement statement,
            Understood before,
            Edits.Result result,
            Set<ObjectName> masked,
            NameScope scope,
            Catalog catalog)
            throws MaskRefused {
        if (result.text().length() > LONGEST) {
            throw new MaskRefused("it becomes too long with its tables masked");
        }
        var again =
                analyzer.analyze(
                        new Statement(result.text(), statement.offset()), scope, catalog);
        if (!(again instanceof Analysis.Understood after)
                || after.kind() != before.kind()
                || !after.classes().equals(before.classes())
                || !after.effects().equals(before.effects())
                || after.hasWhere() != before.hasWhere()) {
            throw new MaskRefused("it could not be read again with its tables masked");
        }
        var structure = structure(after, masked);
        for (var table : structure.tables()) {
            boolean read = table.role() != Role.TARGET;
            if (read
                    && table.names().stream().anyMatch(masked::contains)
                    && !isAdded(table, result.added())) {
                throw new MaskRefused("%s would stay unmasked in it".formatted(table.last()));
            }
        }
    }

    private static boolean isAdded(TableReference table, List<Span> added) {
        return added.stream()
                .anyMatch(
                        span ->
                                span.start() <= table.name().start()
                                        && table.name().end() <= span.end());
    }

}
