package dev.sfguard.cli.shell;

import dev.sfguard.gateway.sql.Highlights;
import dev.sfguard.gateway.sql.StatementSplitter;
import java.util.ArrayList;
import java.util.List;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.EOFError;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;

/// Decides when Enter ends the input: a command does at once, SQL after a semicolon that really
/// separates. One within quotes, a comment or a scripting block does not.
final class SqlParser implements Parser {

    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) {
        if (context == ParseContext.ACCEPT_LINE && !isComplete(line)) {
            throw new EOFError(-1, -1, "the statement goes on", "");
        }
        return Words.of(line, cursor);
    }

    static boolean isComplete(String input) {
        String text = input.strip();
        if (text.isEmpty() || MetaCommand.isOne(text)) {
            return true;
        }
        // What the lexer cannot read never ends by itself: an empty line sends it, and the
        // gateway's answer explains it.
        boolean insisted = input.endsWith("\n") && text.endsWith(";");
        return insisted || (text.endsWith(";") && isSeparator(text));
    }

    /// The last token is a semicolon, and a statement put after it is one more statement: within a
    /// scripting block it is not.
    private static boolean isSeparator(String text) {
        var spans = Highlights.of(text);
        var last = spans.getLast();
        return last.kind() == Highlights.Kind.OTHER
                && text.startsWith(";", last.start())
                && StatementSplitter.split(text + "\nselect 1").size()
                        > StatementSplitter.split(text).size();
    }

    /// The words of a line, cut at blanks and punctuation, for completion.
    ///
    /// @param wordCursor where in the word the cursor is
    private record Words(
            String word, int wordCursor, int wordIndex, List<String> words, String line, int cursor)
            implements CompletingParsedLine {

        static Words of(String line, int cursor) {
            int start = cursor;
            while (start > 0 && isPart(line.charAt(start - 1))) {
                start--;
            }
            int end = cursor;
            while (end < line.length() && isPart(line.charAt(end))) {
                end++;
            }
            var before = List.of(line.substring(0, start).strip().split("\\s+", -1));
            var words = new ArrayList<>(before);
            words.add(line.substring(start, end));
            return new Words(
                    line.substring(start, end),
                    cursor - start,
                    words.size() - 1,
                    words,
                    line,
                    cursor);
        }

        /// Names are completed as they are: nothing is quoted for a shell.
        @Override
        public CharSequence escape(CharSequence candidate, boolean complete) {
            return candidate;
        }

        @Override
        public int rawWordCursor() {
            return wordCursor;
        }

        @Override
        public int rawWordLength() {
            return word.length();
        }

        private static boolean isPart(char character) {
            return Character.isLetterOrDigit(character) || "_$.\\:".indexOf(character) >= 0;
        }
    }
}
