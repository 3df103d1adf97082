package dev.sfguard.cli.replay;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// The lines that a player shows below its head: those of the events so far, the last ones. Going
/// on tells only the new events; a jump tells anew from a few statements before.
final class Screen {
    /// Enough for the tallest screen.
    private static final int KEPT = 400;

    /// A jump fills at least this many lines, if there are as many before it.
    private static final int FILLED = 100;

    /// Statements told again before the one jumped to, at first and at most: long results make a
    /// few enough, and reading many of those would take its time.
    private static final int FEWEST_BEFORE = 3;

    private static final int MOST_BEFORE = 192;

    private final PlayFile file;
    private final Detail detail;
    private final Deque<String> lines = new ArrayDeque<>();
    private Narrator narrator;
    private int told;

    Screen(PlayFile file, Detail detail) {
        this.file = file;
        this.detail = detail;
        this.narrator = new Narrator(detail);
    }

    /// @param shown how many events have happened
    void show(int shown) throws IOException {
        if (shown >= told && start(shown, FEWEST_BEFORE) <= told) {
            tell(shown);
            return;
        }
        int statements = FEWEST_BEFORE;
        int from = start(shown, statements);
        tellFrom(from, shown);
        while (lines.size() < FILLED && from > 0 && statements < MOST_BEFORE) {
            statements *= 4;
            from = start(shown, statements);
            tellFrom(from, shown);
        }
    }

    private void tellFrom(int from, int shown) throws IOException {
        lines.clear();
        narrator = new Narrator(detail);
        told = from;
        tell(shown);
    }

    private void tell(int shown) throws IOException {
        for (; told < shown; told++) {
            boolean rows = file.timeline().kind(told) == Timeline.Kind.ROWS;
            // Of a long result only the first rows show; the rest need not be read.
            if (!rows || !narrator.isFull(file.timeline().statement(told))) {
                narrator.tell(file.event(told)).forEach(this::add);
            }
        }
    }

    private int start(int shown, int statements) {
        int start = shown;
        for (int i = 0; i < statements && start > 0; i++) {
            start = Math.max(0, file.timeline().previous(start, Timeline.Kind.ASKED));
        }
        return start;
    }

    private void add(String line) {
        lines.addLast(line);
        if (lines.size() > KEPT) {
            lines.removeFirst();
        }
    }

    List<String> last(int height) {
        var all = new ArrayList<>(lines);
        return all.subList(Math.max(0, all.size() - height), all.size());
    }
}
