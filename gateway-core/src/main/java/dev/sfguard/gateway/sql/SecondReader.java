package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.BoundedParser.Outcome;
import dev.sfguard.gateway.sql.TableReference.Kind;
import java.time.Duration;
import java.util.BitSet;
import java.util.Optional;
import java.util.Set;
import net.sf.jsqlparser.parser.Node;

/// Has JSqlParser read the queries that our own reader has read, and believes neither alone: both
/// must find relations at the same places, and JSqlParser no column where ours saw none. One is
/// made for each analysis and has one budget of time for all its queries.
final class SecondReader {
    private static final Duration BUDGET = Duration.ofMillis(500);

    /// What may stand in a FROM. A kind that a newer parser brings is not followed until it was
    /// looked at.
    private static final Set<String> SOURCES =
            Set.of(
                    "Table",
                    "ParenthesedFromItem",
                    "ParenthesedSelect",
                    "LateralSubSelect",
                    "TableFunction",
                    "Values",
                    "LateralView");

    private final BoundedParser parser;
    private final BoundedParser patientParser;
    private final long deadline = System.nanoTime() + BUDGET.toNanos();
    private boolean gaveUp;

    /// @param patientParser for queries that may take long, so that others need not wait for
    ///     them
    SecondReader(BoundedParser parser, BoundedParser patientParser) {
        this.parser = parser;
        this.patientParser = patientParser;
    }

    /// The answer depends on the moment: too slow, too busy.
    boolean gaveUp() {
        return gaveUp;
    }

    /// Why the two do not agree; empty when they do.
    Optional<String> doubt(Tokens tokens, Reading reading) {
        for (var query : reading.queries) {
            var doubt = doubt(tokens, query, reading);
            if (doubt.isPresent()) {
                return doubt;
            }
        }
        return Optional.empty();
    }

    private Optional<String> doubt(Tokens tokens, Range query, Reading reading) {
        if (!canNameRelations(tokens, query)) {
            return Optional.empty();
        }
        var canonical = CanonicalSql.of(tokens, query, reading.names());
        if (canonical.pieces() > Bounds.MOST_TOKENS) {
            return Optional.of("more than 20,000 tokens are not followed");
        }
        var left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
        String text = canonical.text();
        var reader = canonical.isEasy() ? parser : patientParser;
        return switch (reader.parse(text, left)) {
            case Outcome.Failed _ -> Optional.of("its grammar is not known in every detail");
            case Outcome.GaveUp(String why) -> {
                gaveUp = true;
                yield Optional.of(why);
            }
            case Outcome.Parsed(Node tree, String written) ->
                    IntegrityGate.passes(text, written)
                            ? new Comparison(tokens, query, reading, canonical).differs(tree)
                            : Optional.of("a second reading lost a part of it");
        };
    }

    /// Without any of these words nothing can stand for a relation.
    private static boolean canNameRelations(Tokens tokens, Range range) {
        for (int k = range.from(); k < range.to(); k++) {
            boolean word =
                    tokens.kind(k) == Tokens.Kind.WORD
                            && (tokens.is(k, "FROM")
                                    || tokens.is(k, "JOIN")
                                    || tokens.is(k, "TABLE")
                                    || tokens.is(k, "UPDATE")
                                    || tokens.is(k, "MERGE"));
            if (word) {
                return true;
            }
        }
        return false;
    }

    /// One query, read twice.
    private static final class Comparison {
        private final Tokens tokens;
        private final Range query;
        private final Reading reading;
        private final CanonicalSql canonical;

        /// Tokens at which the parser has a relation.
        private final BitSet found = new BitSet();

        private String difference = "";

        Comparison(Tokens tokens, Range query, Reading reading, CanonicalSql canonical) {
            this.tokens = tokens;
            this.query = query;
            this.reading = reading;
            this.canonical = canonical;
        }

        Optional<String> differs(Node tree) {
            walk(tree, tree);
            var must = new BitSet();
            var may = new BitSet();
            for (var source : reading.sources) {
                if (source.from >= query.from() && source.from < query.to()) {
                    may.set(source.from);
                    if (mustBeFound(source)) {
                        must.set(source.from);
                    }
                }
            }
            must.andNot(found);
            if (!must.isEmpty()) {
                differ("relation", must.nextSetBit(0));
            }
            found.andNot(may);
            if (!found.isEmpty()) {
                differ("relation", found.nextSetBit(0));
            }
            return difference.isEmpty() ? Optional.empty() : Optional.of(difference);
        }

        private static boolean mustBeFound(Source source) {
            return source.kind == Kind.TABLE
                    || source.kind == Kind.CTE
                    || source.kind == Kind.IDENTIFIER
                    || source.kind == Kind.TABLE_LITERAL;
        }

        private void walk(Node node, Node parent) {
            switch (node.toString()) {
                case "TableName" -> table(node, parent);
                case "Column" -> column(node);
                case "FromItem" -> source(node);
                default -> {}
            }
            for (int i = 0; i < node.jjtGetNumChildren(); i++) {
                walk(node.jjtGetChild(i), node);
            }
        }

        private void table(Node node, Node parent) {
            int token = token(node);
            boolean qualifies = "AllTableColumns".equals(type(parent));
            if (token < 0) {
                differ("relation", query.from());
            } else if (!qualifies) {
                found.set(token);
            } else if (!reading.columnTokens.get(token)) {
                differ("column", token);
            }
        }

        private void column(Node node) {
            int token = token(node);
            boolean seen =
                    token >= 0
                            && (reading.columnTokens.get(token)
                                    || tokens.kind(token) == Tokens.Kind.VARIABLE
                                    || tokens.kind(token) == Tokens.Kind.STAGE
                                    || Keywords.NEVER_COLUMN.contains(tokens.word(token)));
            if (!seen) {
                differ("column", Math.max(token, query.from()));
            }
        }

        private void source(Node node) {
            if (!SOURCES.contains(type(node))) {
                differ("source", Math.max(token(node), query.from()));
            }
        }

        private static String type(Node node) {
            Object value = node.jjtGetValue();
            return value == null ? "" : value.getClass().getSimpleName();
        }

        private int token(Node node) {
            var first = node.jjtGetFirstToken();
            return first == null || first.beginLine != 1
                    ? -1
                    : canonical.tokenAt(first.beginColumn - 1);
        }

        private void differ(String what, int token) {
            if (difference.isEmpty()) {
                difference =
                        "two readings differ on the %s at %s"
                                .formatted(what, Place.of(tokens.source(), tokens.start(token)));
            }
        }
    }
}
