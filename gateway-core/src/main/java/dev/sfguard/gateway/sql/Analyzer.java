package dev.sfguard.gateway.sql;

import java.util.List;

/// Says what one statement is and does, and which objects it touches. Safe for threads.
public final class Analyzer implements AutoCloseable {
    private final ViewCache viewCache = new ViewCache();

    /// The analysis where nothing is known of the session and the account: the statement's class,
    /// effects and signals, and objects only where their names are fully written.
    public Analysis analyze(Statement statement) {
        return analyze(statement, NameScope.NONE, Catalog.EMPTY);
    }

    /// Never throws. Any doubt is Opaque: a text that cannot be cut into tokens with
    /// certainty, more than one statement, a block without its end, more than 1 MiB. What is
    /// certain but cannot be followed to its objects has them Unknown.
    ///
    /// @param scope where names that are not fully written are looked up
    public Analysis analyze(Statement statement, NameScope scope, Catalog catalog) {
        var tokens = Lexer.read(statement.text());
        var doubt = tokens.doubt();
        if (doubt != null) {
            return new Analysis.Opaque(describe(doubt, statement.text()));
        }
        var split = BlockScanner.split(tokens);
        var ranges = split.statements();
        if (ranges.isEmpty()) {
            return new Analysis.Opaque("there is no statement in it");
        }
        if (ranges.size() > StatementSplitter.MOST) {
            return new Analysis.Opaque(
                    "more than %d statements in one text".formatted(StatementSplitter.MOST));
        }
        if (ranges.size() > 1) {
            return new Analysis.Opaque("several statements where one should be");
        }
        var findings = new Findings();
        var kind = StatementReader.readText(tokens, split, findings, 0);
        return findings.opaque() != null
                ? new Analysis.Opaque(findings.opaque())
                : withObjects(kind, findings, tokens, ranges, new Resolver(scope, catalog));
    }

    private Analysis withObjects(
            StatementClass kind,
            Findings findings,
            Tokens tokens,
            List<Range> ranges,
            Resolver resolver) {
        var secondReader = new SecondReader();
        var views = new Views(viewCache, secondReader, 0);
        var found = ObjectFinder.find(tokens, ranges, resolver, views, secondReader);
        found.unseen().forEach(findings::signal);
        var objects =
                found.unknown() == null
                        ? new Objects.Known(found.accesses())
                        : new Objects.Unknown(found.unknown(), Mentions.all(tokens));
        return findings.analysis(kind, objects, found.structure());
    }

    @Override
    public void close() {}

    static String describe(Tokens.Doubt doubt, String text) {
        return doubt.what() + " at " + Place.of(text, doubt.offset());
    }
}
