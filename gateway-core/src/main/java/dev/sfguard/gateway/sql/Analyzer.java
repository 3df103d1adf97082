package dev.sfguard.gateway.sql;

import java.util.List;
import java.util.Optional;

/// Says what one statement is and does, and which objects it touches. Safe for threads.
public final class Analyzer implements AutoCloseable {
    private final ViewCache viewCache = new ViewCache();
    private final BoundedParser parser =
            new BoundedParser(Runtime.getRuntime().availableProcessors());
    private final BoundedParser patientParser = new BoundedParser(1);

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
        var secondReader = new SecondReader(parser, patientParser);
        var views = new Views(viewCache, secondReader, 0);
        var found = ObjectFinder.find(tokens, ranges, resolver, views, secondReader);
        found.unseen().forEach(findings::signal);
        var objects =
                found.unknown() == null
                        ? new Objects.Known(found.accesses())
                        : new Objects.Unknown(found.unknown(), Mentions.all(tokens));
        return findings.analysis(kind, objects, found.structure());
    }

    /// What the columns of a statement's result are made of. Empty when it is no query or cannot be
    /// followed.
    ///
    /// @param statement one that was understood in the same scope and with the same catalog
    public Optional<ResultLayout> layout(Statement statement, NameScope scope, Catalog catalog) {
        var tokens = Lexer.read(statement.text());
        return tokens.doubt() == null
                ? LayoutFinder.find(tokens, new Resolver(scope, catalog))
                : Optional.empty();
    }

    @Override
    public void close() {
        parser.close();
        patientParser.close();
    }

    static String describe(Tokens.Doubt doubt, String text) {
        return doubt.what() + " at " + Place.of(text, doubt.offset());
    }
}
