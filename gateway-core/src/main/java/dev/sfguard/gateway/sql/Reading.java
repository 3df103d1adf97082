package dev.sfguard.gateway.sql;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What was read of a statement's relations and columns, before any name is resolved.
final class Reading {
    final List<Source> sources = new ArrayList<>();
    final List<ColumnUse> uses = new ArrayList<>();
    final Set<String> functions = new LinkedHashSet<>();

    /// Tokens that name a common table expression where it is defined.
    final List<Integer> definitions = new ArrayList<>();

    /// The parts of the text that a second parser can read too.
    final List<Range> queries = new ArrayList<>();

    /// First tokens of all that was read as a column, or as a name in a column's place.
    final BitSet columnTokens = new BitSet();

    /// Schemas and databases that are touched with all that is in them.
    final List<Container> containers = new ArrayList<>();

    /// Constant texts that are executed.
    final List<String> texts = new ArrayList<>();

    /// What the client reads, where that is a query's result; null otherwise.
    @Nullable Outputs result;

    /// @param kind SCHEMA or DATABASE
    record Container(NameChain name, String kind, ObjectAccess.Mode mode) {}

    private @Nullable String unknown;

    /// Only the first reason is kept.
    void unknown(String why) {
        if (unknown == null) {
            unknown = why;
        }
    }

    @Nullable String unknown() {
        return unknown;
    }

    void contains(NameChain name, String kind, ObjectAccess.Mode mode) {
        containers.add(new Container(name, kind, mode));
    }

    void text(String text) {
        texts.add(text);
    }

    /// The tokens that are known to name a relation, by its own name or by an alias.
    BitSet names() {
        var names = new BitSet();
        definitions.forEach(names::set);
        for (var source : sources) {
            if (source.chain != null) {
                source.chain.tokens().stream().filter(it -> it >= 0).forEach(names::set);
            }
            if (source.aliasFrom >= 0) {
                names.set(source.aliasFrom, source.aliasTo);
            }
        }
        return names;
    }

    Source add(Source source) {
        sources.add(source);
        return source;
    }
}
