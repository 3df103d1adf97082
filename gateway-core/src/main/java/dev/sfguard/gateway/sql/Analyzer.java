package dev.sfguard.gateway.sql;

/// Says what one statement is and does, from its tokens alone. Pure, safe for threads, linear
/// in the statement's length.
public final class Analyzer {

    /// Never throws. Any doubt is Opaque: a text that cannot be cut into tokens with
    /// certainty, more than one statement, a block without its end, more than 1 MiB.
    public Analysis analyze(Statement statement) {
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
        return findings.analysis(kind);
    }

    static String describe(Tokens.Doubt doubt, String text) {
        return doubt.what() + " at " + Place.of(text, doubt.offset());
    }
}
