package dev.sfguard.sandbox.sql;

import dev.sfguard.sandbox.sql.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/// A statement's tokens, to be read and changed in place. Reading past either end gives an empty
/// token, so that rules need no bounds checks.
public final class Tokens {
    private static final Token NOTHING = new Token(Kind.SYMBOL, "", -1, -1);

    private final String source;
    private final List<Token> tokens;

    public Tokens(String source) {
        this(source, Lexer.lex(source));
    }

    private Tokens(String source, List<Token> tokens) {
        this.source = source;
        this.tokens = tokens;
        while (!tokens.isEmpty() && tokens.getLast().isSymbol(";")) {
            tokens.removeLast();
        }
    }

    /// A part of these tokens, for a statement within a statement; changes stay in the part.
    public Tokens from(int start) {
        return new Tokens(source, new ArrayList<>(tokens.subList(start, size())));
    }

    public int size() {
        return tokens.size();
    }

    public String source() {
        return source;
    }

    public Token at(int i) {
        return i >= 0 && i < tokens.size() ? tokens.get(i) : NOTHING;
    }

    public boolean is(int i, String... words) {
        for (int k = 0; k < words.length; k++) {
            Token token = at(i + k);
            if (!token.is(words[k]) && !token.isSymbol(words[k])) {
                return false;
            }
        }
        return true;
    }

    public boolean startsWith(String... words) {
        return is(0, words);
    }

    /// Whether the token at `i` is a word followed by an opening parenthesis.
    public boolean isCall(int i) {
        return at(i).kind() == Kind.WORD && at(i + 1).isSymbol("(");
    }

    /// The first place of a word outside parentheses, or -1.
    public int find(String word) {
        int depth = 0;
        for (int i = 0; i < size(); i++) {
            depth += depthChange(at(i));
            if (depth == 0 && at(i).is(word)) {
                return i;
            }
        }
        return -1;
    }

    public boolean contains(String word) {
        return tokens.stream().anyMatch(token -> token.is(word));
    }

    /// The place of the bracket that closes the one at `open`; the last token when none does.
    public int close(int open) {
        int depth = 0;
        for (int i = open; i < size(); i++) {
            depth += depthChange(at(i));
            if (depth == 0) {
                return i;
            }
        }
        return size() - 1;
    }

    /// The place of the bracket that the one at `close` closes; 0 when none does.
    public int open(int close) {
        int depth = 0;
        for (int i = close; i >= 0; i--) {
            depth += depthChange(at(i));
            if (depth == 0) {
                return i;
            }
        }
        return 0;
    }

    /// The arguments between the bracket at `open` and its end.
    public List<Span> arguments(int open) {
        var spans = new ArrayList<Span>();
        int end = close(open);
        int start = open + 1;
        int depth = 0;
        for (int i = start; i < end; i++) {
            depth += depthChange(at(i));
            if (depth == 0 && at(i).isSymbol(",")) {
                spans.add(new Span(start, i));
                start = i + 1;
            }
        }
        if (start < end) {
            spans.add(new Span(start, end));
        }
        return spans;
    }

    /// The tokens from `start` up to `end`, in DuckDB's spelling.
    public String sql(int start, int end) {
        var joined = new StringJoiner(" ");
        for (int i = start; i < end; i++) {
            joined.add(at(i).toDuckdb());
        }
        return joined.toString();
    }

    public String sql(Span span) {
        return sql(span.start(), span.end());
    }

    public String sql() {
        return sql(0, size());
    }

    /// Puts other tokens in the place of those from `start` up to `end`.
    public void replace(int start, int end, Token... with) {
        var range = tokens.subList(start, Math.min(end, size()));
        range.clear();
        range.addAll(List.of(with));
    }

    public void insert(int i, Token... added) {
        tokens.addAll(i, List.of(added));
    }

    public void set(int i, Token token) {
        tokens.set(i, token);
    }

    public void add(Token token) {
        tokens.add(token);
    }

    /// The tokens from `start` up to `end` moved away, to be put elsewhere.
    public List<Token> cut(int start, int end) {
        var range = tokens.subList(start, end);
        var copy = List.copyOf(range);
        range.clear();
        return copy;
    }

    public void insertAll(int i, List<Token> added) {
        tokens.addAll(i, added);
    }

    static int depthChange(Token token) {
        if (token.kind() != Kind.SYMBOL) {
            return 0;
        }
        return switch (token.text()) {
            case "(", "[", "{" -> 1;
            case ")", "]", "}" -> -1;
            default -> 0;
        };
    }

    /// Tokens from `start` up to, not including, `end`.
    public record Span(int start, int end) {
        public int size() {
            return end - start;
        }
    }
}
