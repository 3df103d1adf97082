package dev.sfguard.cli.replay;

import dev.sfguard.gateway.recording.RecordingReader;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.NonBlockingReader;

/// Plays a recording on a terminal, with keys to pause, to jump and to search.
public final class Player {
    private static final String KEYS =
            "space pause  ←→ 5 s  ↑↓ 1 min  +- speed  n p statement  b blocked/held  / search  q quit";
    private static final Duration STEP = Duration.ofSeconds(5);
    private static final Duration LEAP = Duration.ofMinutes(1);

    /// The clock in the head moves this often.
    private static final long CLOCK_MILLIS = 250;

    private final Terminal terminal;
    private final PlayFile file;
    private final Playback playback;
    private final Screen screen;
    private String note = KEYS;
    private String searched = "";

    private Player(Terminal terminal, PlayFile file, Playback playback, Detail detail) {
        this.terminal = terminal;
        this.file = file;
        this.playback = playback;
        this.screen = new Screen(file, detail);
    }

    /// How to play.
    ///
    /// @param speed 2 is twice as fast as it was
    /// @param idleLimit longer pauses are cut to this
    /// @param statement where to begin; 0 for the beginning
    public record Manner(double speed, Duration idleLimit, long statement, Detail detail) {}

    /// Plays until the user quits.
    ///
    /// @return whether the recording has the statement that was asked for
    public static boolean play(Terminal terminal, RecordingReader reader, Manner manner)
            throws IOException {
        try (var file = PlayFile.of(reader, manner.idleLimit())) {
            var playback = new Playback(file.timeline(), manner.speed(), System.nanoTime());
            if (manner.statement() > 0 && !playback.to(file.timeline().asked(manner.statement()))) {
                return false;
            }
            new Player(terminal, file, playback, manner.detail()).run();
            return true;
        }
    }

    private void run() throws IOException {
        Attributes before = terminal.enterRawMode();
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.cursor_invisible);
        try {
            boolean playing = true;
            while (playing) {
                playback.tick(System.nanoTime());
                draw();
                playing = act(terminal.reader());
            }
        } finally {
            terminal.puts(Capability.cursor_visible);
            terminal.puts(Capability.exit_ca_mode);
            terminal.setAttributes(before);
            terminal.flush();
        }
    }

    /// @return false when the user quits
    private boolean act(NonBlockingReader keys) throws IOException {
        long wait = Math.clamp(playback.untilNext().toMillis(), 1, CLOCK_MILLIS);
        int key = keys.read(wait);
        playback.tick(System.nanoTime());
        if (key == NonBlockingReader.READ_EXPIRED) {
            return true;
        }
        note = KEYS;
        switch (key) {
            case ' ' -> playback.togglePause();
            case '+', '=' -> playback.faster();
            case '-', '_' -> playback.slower();
            case 'n' -> tell(playback.toNextStatement(), "no statement after this");
            case 'p' -> tell(playback.toPreviousStatement(), "no statement before this");
            case 'b' -> tell(playback.toNextBlocked(), "nothing blocked or held after this");
            case '/' -> search(keys);
            case '\u001b' -> arrow(keys);
            // Ctrl-C and Ctrl-D come as keys here; the end of input ends too.
            case 'q', 3, 4, NonBlockingReader.EOF -> {
                return false;
            }
            default -> note = KEYS;
        }
        return true;
    }

    private void tell(boolean found, String otherwise) {
        note = found ? KEYS : otherwise;
    }

    private void arrow(NonBlockingReader keys) throws IOException {
        int bracket = keys.read(50L);
        if (bracket != '[' && bracket != 'O') {
            return;
        }
        switch (keys.read(50L)) {
            case 'C' -> playback.seek(STEP);
            case 'D' -> playback.seek(STEP.negated());
            case 'A' -> playback.seek(LEAP);
            case 'B' -> playback.seek(LEAP.negated());
            default -> note = KEYS;
        }
    }

    private void search(NonBlockingReader keys) throws IOException {
        var words = new StringBuilder();
        boolean typing = true;
        while (typing) {
            note = "/" + words + "▏";
            draw();
            int key = keys.read();
            switch (key) {
                case '\r', '\n' -> typing = false;
                case 3, 27, NonBlockingReader.EOF -> {
                    note = KEYS;
                    return;
                }
                case 8, 127 -> words.setLength(Math.max(0, words.length() - 1));
                default -> words.appendCodePoint(key < ' ' ? ' ' : key);
            }
        }
        // The empty search repeats the last one.
        searched = words.isEmpty() ? searched : words.toString();
        var found = file.search(searched, playback.shown());
        found.ifPresent(playback::to);
        tell(found.isPresent(), "\"" + ShownText.oneLine(searched) + "\" does not come after this");
    }

    private void draw() throws IOException {
        var size = terminal.getSize();
        int width = Math.max(20, size.getColumns() == 0 ? 80 : size.getColumns());
        int height = Math.max(4, size.getRows() == 0 ? 24 : size.getRows());
        screen.show(playback.shown());
        var page = new StringBuilder("\u001b[H");
        line(page, head(width), width);
        var lines = screen.last(height - 2);
        for (String each : lines) {
            line(page, each, width);
        }
        for (int i = lines.size(); i < height - 2; i++) {
            line(page, "", width);
        }
        page.append("\u001b[2m").append(ShownText.cut(note, width - 1)).append("\u001b[0m\u001b[K");
        terminal.writer().print(page);
        terminal.flush();
    }

    private static void line(StringBuilder page, String text, int width) {
        // One column stays free: a full line would wrap on some terminals.
        page.append(ShownText.cut(text, width - 1)).append("\u001b[K\r\n");
    }

    private String head(int width) {
        String sign = playback.isPaused() ? "⏸ " : playback.isAtEnd() ? "■ " : "▶ ";
        String clock =
                "  %s   x%s   %s / %s"
                        .formatted(
                                Narrator.day(file.started()),
                                speed(playback.speed()),
                                minutes(playback.position()),
                                minutes(file.timeline().end()));
        int room = Math.max(10, width - 1 - clock.length() - sign.length());
        return sign + ShownText.field(Narrator.heading(file.opened()), room) + clock;
    }

    private static String speed(double speed) {
        return speed < 0.5
                ? String.format(Locale.ROOT, "%.3f", speed)
                : String.format(Locale.ROOT, "%.1f", speed);
    }

    static String minutes(long micros) {
        long seconds = micros / 1_000_000;
        return seconds < 3600
                ? "%02d:%02d".formatted(seconds / 60, seconds % 60)
                : "%d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
}
