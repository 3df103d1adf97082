package dev.sfguard.gateway.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// How often each person may ask for something that costs.
final class Pace {
    private static final Duration WINDOW = Duration.ofMinutes(1);

    /// Whoever asked longest ago is forgotten first.
    private static final int MOST_PEOPLE = 4096;

    private record Window(Instant began, int asked) {}

    private final int most;
    private final Map<String, Window> windows =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
                    return size() > MOST_PEOPLE;
                }
            };

    /// @param most in a minute
    Pace(int most) {
        this.most = most;
    }

    /// Counts the question, unless there were too many.
    synchronized boolean admits(String person, Instant now) {
        var window = windows.get(person);
        if (window == null || !now.isBefore(window.began().plus(WINDOW))) {
            windows.put(person, new Window(now, 1));
            return true;
        }
        if (window.asked() >= most) {
            return false;
        }
        windows.put(person, new Window(window.began(), window.asked() + 1));
        return true;
    }
}
