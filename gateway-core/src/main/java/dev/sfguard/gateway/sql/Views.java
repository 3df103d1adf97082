package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.ObjectAccess.Mode;
import dev.sfguard.gateway.sql.Signal.Unseen;
import java.util.List;
import java.util.Set;

/// Looks through views: what their definitions read.
///
/// @param depth how many views stand above
record Views(ViewCache cache, SecondReader secondReader, int depth) {
    /// Views over views over views.
    private static final int DEEPEST = 16;

    /// What is read by reading a relation, besides the relation itself.
    ///
    /// @param unseen what of it cannot be looked into
    record Behind(List<ObjectAccess> accesses, Set<Unseen> unseen) {
        static final Behind NOTHING = new Behind(List.of(), Set.of());

        static Behind unseen(Unseen.Cause cause, String what) {
            return new Behind(List.of(), Set.of(new Unseen(cause, what)));
        }
    }

    Behind behind(ObjectName name, Catalog catalog) {
        if (name.schema().equals("INFORMATION_SCHEMA") && name.name().equals("LOAD_HISTORY")) {
            // The text of a load's first error holds the value that was not taken.
            return Behind.unseen(Unseen.Cause.DERIVED, name.toString());
        }
        var relation = catalog.find(name).orElse(null);
        if (relation == null && name.schema().equals("INFORMATION_SCHEMA")) {
            // Names and types of objects; what shows more has a signal of its own.
            return Behind.NOTHING;
        }
        if (relation == null) {
            return Behind.unseen(Unseen.Cause.NOT_IN_CATALOG, name.toString());
        }
        return switch (relation.kind()) {
            case TABLE -> Behind.NOTHING;
            case OTHER -> Behind.unseen(Unseen.Cause.DERIVED, name.toString());
            case VIEW -> view(relation, catalog);
        };
    }

    private Behind view(Catalog.Relation view, Catalog catalog) {
        var known = cache.get(catalog, view.name());
        if (known != null) {
            return known;
        }
        String definition = view.definition();
        if (definition == null || depth == DEEPEST) {
            return Behind.unseen(Unseen.Cause.VIEW, view.name().toString());
        }
        var answer = read(view.name(), definition, catalog);
        // What was only too slow or too busy to be read now may be readable later.
        if (!secondReader.gaveUp()) {
            cache.put(catalog, view.name(), answer);
        }
        return answer;
    }

    private Behind read(ObjectName view, String definition, Catalog catalog) {
        var tokens = Lexer.read(definition);
        var statements = BlockScanner.split(tokens).statements();
        if (tokens.doubt() != null
                || statements.size() != 1
                || Classifier.classify(tokens, 0, tokens.size()) != StatementClass.CREATE) {
            return Behind.unseen(Unseen.Cause.VIEW, view.toString());
        }
        var scope = new NameScope(view.database(), view.schema());
        var found =
                ObjectFinder.find(
                        tokens,
                        statements,
                        new Resolver(scope, catalog),
                        new Views(cache, secondReader, depth + 1),
                        secondReader);
        if (found.unknown() != null) {
            return Behind.unseen(Unseen.Cause.VIEW, view + " (" + found.unknown() + ")");
        }
        var reads = found.accesses().stream().filter(it -> it.mode() == Mode.READ).toList();
        return new Behind(reads, found.unseen());
    }
}
