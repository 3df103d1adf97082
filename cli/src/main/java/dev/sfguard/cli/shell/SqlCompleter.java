package dev.sfguard.cli.shell;

import dev.sfguard.gateway.sql.Highlights;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/// Completes keywords in the case they are begun in, and the names of tables and columns that were
/// seen in this session.
final class SqlCompleter implements Completer {
    /// Enough for what a person sees in a day; a huge catalog must not fill the memory.
    private static final int MOST_NAMES = 20_000;

    private final Set<String> names = new ConcurrentSkipListSet<>();

    /// Remembers a name to offer later.
    void learn(String name) {
        if (names.size() < MOST_NAMES && name.matches("[A-Z_][A-Z0-9_$]*")) {
            names.add(name);
        }
    }

    /// @return how many names there were
    long learnAll(List<String> all) {
        all.forEach(this::learn);
        return all.size();
    }

    /// The names in a statement that went well exist.
    void learnFrom(String statement) {
        for (var span : Highlights.of(statement)) {
            String word = statement.substring(span.start(), span.end()).toUpperCase(Locale.ROOT);
            if (span.kind() == Highlights.Kind.WORD && !Keywords.contains(word)) {
                learn(word);
            }
        }
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        String typed = line.word().substring(0, line.wordCursor());
        if (typed.isEmpty()) {
            return;
        }
        boolean lower = typed.equals(typed.toLowerCase(Locale.ROOT));
        int dot = typed.lastIndexOf('.') + 1;
        String before = typed.substring(0, dot);
        String begun = typed.substring(dot).toUpperCase(Locale.ROOT);
        for (String name : names) {
            add(candidates, before, name, begun, lower, "name");
        }
        if (dot == 0) {
            for (String word : Keywords.ALL) {
                add(candidates, "", word, begun, lower, "keyword");
            }
        }
    }

    private static void add(
            List<Candidate> candidates,
            String before,
            String word,
            String begun,
            boolean lower,
            String group) {
        if (word.startsWith(begun)) {
            String value = before + (lower ? word.toLowerCase(Locale.ROOT) : word);
            candidates.add(new Candidate(value, value, group, null, null, null, true));
        }
    }
}
