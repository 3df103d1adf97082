package dev.sfguard.gateway.masking;

import dev.sfguard.gateway.sql.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Changes of a text at places of the text as it was. No two may overlap.
final class Edits {

    private record Edit(Span place, String text) {}

    /// A text, and which parts of it were put in.
    record Result(String text, List<Span> added) {}

    private final String source;
    private final List<Edit> edits = new ArrayList<>();

    Edits(String source) {
        this.source = source;
    }

    boolean isEmpty() {
        return edits.isEmpty();
    }

    void replace(Span place, String text) {
        edits.add(new Edit(place, text));
    }

    /// @throws MaskRefused when two changes overlap: one of the places was misread
    Result apply() throws MaskRefused {
        var sorted = new ArrayList<>(edits);
        sorted.sort(Comparator.comparingInt(edit -> edit.place().start()));
        var text = new StringBuilder();
        var added = new ArrayList<Span>();
        int at = 0;
        for (var edit : sorted) {
            if (edit.place().start() < at || edit.place().end() > source.length()) {
                throw new MaskRefused("two of its tables stand in one place");
            }
            text.append(source, at, edit.place().start());
            added.add(new Span(text.length(), text.length() + edit.text().length()));
            text.append(edit.text());
            at = edit.place().end();
        }
        return new Result(text.append(source, at, source.length()).toString(), added);
    }
}
