package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.Tokens.Kind;

/// A place in a statement's tokens that moves forward, never behind the statement's end.
final class Cursor {
    final Tokens tokens;
    final int end;
    final Reading reading;
    int at;

    Cursor(Tokens tokens, Range range, Reading reading) {
        this.tokens = tokens;
        this.at = range.from();
        this.end = range.to();
        this.reading = reading;
    }

    Kind kind() {
        return kind(at);
    }

    Kind kind(int k) {
        return k < end ? tokens.kind(k) : Kind.END;
    }

    boolean is(String word) {
        return is(at, word);
    }

    boolean is(int k, String word) {
        return k < end && tokens.is(k, word);
    }

    boolean isOperator(String operator) {
        return isOperator(at, operator);
    }

    boolean isOperator(int k, String operator) {
        return k < end && tokens.isOperator(k, operator);
    }

    String word(int k) {
        return k < end ? tokens.word(k) : "";
    }

    /// Steps over the word if it stands here.
    boolean take(String word) {
        if (is(word)) {
            at++;
            return true;
        }
        return false;
    }

    boolean takeOperator(String operator) {
        if (isOperator(operator)) {
            at++;
            return true;
        }
        return false;
    }

    void expectClose() {
        if (kind() == Kind.CLOSE) {
            at++;
        } else {
            stuck();
        }
    }

    /// A query begins behind this opening parenthesis, or at this word.
    boolean beginsQuery(int k) {
        return is(k, "SELECT") || is(k, "WITH");
    }

    /// Nothing here is as expected: what stands there is told, and nothing more is read.
    void stuck() {
        reading.unknown("%s is not followed here".formatted(describe(at)));
        at = end;
    }

    String describe(int k) {
        if (k >= end) {
            return "the statement's end";
        }
        String text = tokens.length(k) > 40 ? "a long name" : tokens.text(k);
        return "%s at %s".formatted(text, Place.of(tokens.source(), tokens.start(k)));
    }

    Span span(int from, int to) {
        return new Span(tokens.start(from), tokens.end(to - 1));
    }

    /// Behind the parenthesis that closes the one at `open`; the statement's end where none
    /// does.
    int behindClose(int open) {
        int depth = 0;
        for (int k = open; k < end; k++) {
            Kind kind = tokens.kind(k);
            if (kind == Kind.OPEN) {
                depth++;
            } else if (kind == Kind.CLOSE && --depth == 0) {
                return k + 1;
            }
        }
        return end;
    }
}
