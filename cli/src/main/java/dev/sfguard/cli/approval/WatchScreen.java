package dev.sfguard.cli.approval;

import dev.sfguard.cli.TimeOption;
import dev.sfguard.cli.output.Printable;
import dev.sfguard.cli.output.TextWidth;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.NonBlockingReader;
import org.jspecify.annotations.Nullable;

/// Held statements on a terminal, as they come and go; new ones are announced.
final class WatchScreen {
    private static final String BOLD = "\u001b[1m";
    private static final String YELLOW = "\u001b[33m";
    private static final String PLAIN = "\u001b[0m";
    private static final String BELL = "\u0007";

    /// Times on the screen move this often.
    private static final long CLOCK_MILLIS = 1_000;

    /// How long a new one is marked as such.
    private static final Duration NEW = Duration.ofSeconds(15);

    private final Terminal terminal;
    private final RequestFeed feed;
    private final boolean color;
    private final Set<String> seen = new HashSet<>();

    /// What the feed said last, and when in nanoseconds.
    private record News(List<HeldStatement> requests, long at, String trouble) {}

    private volatile News news = new News(List.of(), System.nanoTime(), "Asking the gateway …");
    private volatile @Nullable IOException failure;
    private boolean first = true;

    private WatchScreen(Terminal terminal, RequestFeed feed, boolean color) {
        this.terminal = terminal;
        this.feed = feed;
        this.color = color;
    }

    /// Returns when the user quits.
    static void run(RequestFeed feed, boolean color) throws IOException {
        try (feed;
                var terminal = TerminalBuilder.builder().system(true).dumb(false).build()) {
            new WatchScreen(terminal, feed, color).run();
        }
    }

    private void run() throws IOException {
        var reader = Thread.ofVirtual().name("requests").start(this::follow);
        Attributes before = terminal.enterRawMode();
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.cursor_invisible);
        try {
            boolean going = true;
            while (going) {
                draw();
                going = acted(terminal.reader().read(CLOCK_MILLIS)) && failure == null;
            }
        } finally {
            reader.interrupt();
            terminal.puts(Capability.cursor_visible);
            terminal.puts(Capability.exit_ca_mode);
            terminal.setAttributes(before);
            terminal.flush();
        }
        var failed = failure;
        if (failed != null) {
            throw failed;
        }
    }

    /// @return false when the user quits
    private static boolean acted(int key) {
        // Ctrl-C and Ctrl-D come as keys here; the end of input ends too.
        return switch (key) {
            case 'q', 'Q', 3, 4, NonBlockingReader.EOF -> false;
            default -> true;
        };
    }

    private void follow() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                news = new News(feed.next(), System.nanoTime(), "");
            } catch (IOException away) {
                if (feed.isOver(away)) {
                    failure = away;
                    return;
                }
                news =
                        new News(
                                news.requests(),
                                news.at(),
                                "The gateway does not answer; trying again.");
                LockSupport.parkNanos(RequestFeed.TRY_AGAIN.toNanos());
            }
        }
    }

    private void draw() {
        var size = terminal.getSize();
        int width = Math.max(20, size.getColumns() == 0 ? 80 : size.getColumns());
        int height = Math.max(4, size.getRows() == 0 ? 24 : size.getRows());
        var shown = news;
        var page = new ArrayList<String>();
        page.add(styled(BOLD, head(shown)));
        for (var request : shown.requests()) {
            page.add(line(request, shown.at(), width - 1));
        }
        boolean more = page.size() > height - 1;
        var lines = page.subList(0, Math.min(page.size(), height - 2));
        var text = new StringBuilder("\u001b[H");
        lines.forEach(line -> text.append(line).append("\u001b[K\r\n"));
        text.append("\u001b[J")
                .append(more ? "… " + (page.size() - lines.size()) + " more  " : "")
                .append(cut(foot(shown), width - 1));
        if (announces(shown)) {
            text.append(BELL);
        }
        terminal.writer().print(text);
        terminal.flush();
    }

    private static String head(News shown) {
        int count = shown.requests().size();
        return count == 0 ? "No request." : count == 1 ? "1 request" : count + " requests";
    }

    private static String foot(News shown) {
        return shown.trouble().isEmpty()
                ? "sfguard requests ID shows all of one, sfguard approve ID lets it run   q quit"
                : shown.trouble() + "   q quit";
    }

    /// @return whether one is there that was not before
    private boolean announces(News shown) {
        boolean fresh = false;
        for (var request : shown.requests()) {
            fresh |= seen.add(request.id()) && request.isPending();
        }
        boolean announces = fresh && !first;
        first &= !shown.trouble().isEmpty();
        return announces;
    }

    private String line(HeldStatement request, long at, int width) {
        long since = Duration.ofNanos(System.nanoTime() - at).toSeconds();
        boolean isNew = request.age() + since < NEW.toSeconds() && request.isPending();
        String left =
                request.isPending()
                        ? TimeOption.brief(Math.max(0, request.left() - since)) + " left"
                        : request.state();
        String text =
                "%s %s  %-9s  %s  %s  %s  %s"
                        .formatted(
                                isNew ? "●" : " ",
                                request.id(),
                                left,
                                request.requester(),
                                request.connection(),
                                request.rule(),
                                request.statement());
        String cut = cut(Printable.line(text), width);
        return isNew ? styled(YELLOW, cut) : cut;
    }

    static String cut(String text, int width) {
        if (TextWidth.of(text) <= width) {
            return text;
        }
        var kept = new StringBuilder();
        int used = 0;
        for (int point : text.codePoints().toArray()) {
            String next = Character.toString(point);
            used += TextWidth.of(next);
            if (used > width - 1) {
                break;
            }
            kept.append(next);
        }
        return kept.append('…').toString();
    }

    private String styled(String style, String text) {
        return color ? style + text + PLAIN : text;
    }
}
