package dev.sfguard.gateway.policy;

import java.util.Locale;
import java.util.Optional;

/// One part of a name in a policy: a name as Snowflake folds it, where `*` stands for any number
/// of any letters.
///
/// @param quoted written in quotes: then `*` is a letter like any other
record NamePattern(String text, boolean quoted) {
    private static final char ANY = '*';

    /// Folds an unquoted part; empty when this is no part of a name.
    static Optional<NamePattern> of(String written) {
        if (written.length() >= 2 && written.startsWith("\"") && written.endsWith("\"")) {
            String content = written.substring(1, written.length() - 1).replace("\"\"", "\"");
            return content.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new NamePattern(content, true));
        }
        boolean plain = !written.isEmpty() && written.chars().allMatch(NamePattern::isPlain);
        return plain && !Character.isDigit(written.charAt(0))
                ? Optional.of(new NamePattern(written.toUpperCase(Locale.ROOT), false))
                : Optional.empty();
    }

    private static boolean isPlain(int c) {
        return c < 0x80 && (Character.isLetterOrDigit(c) || c == '_' || c == '$' || c == ANY);
    }

    boolean isExact() {
        return quoted || text.indexOf(ANY) < 0;
    }

    /// Linear but for the one step back to the last `*`.
    boolean matches(String name) {
        if (isExact()) {
            return text.equals(name);
        }
        int at = 0;
        int in = 0;
        int star = -1;
        int resume = 0;
        while (in < name.length()) {
            if (at < text.length() && text.charAt(at) == ANY) {
                star = at++;
                resume = in;
            } else if (at < text.length() && text.charAt(at) == name.charAt(in)) {
                at++;
                in++;
            } else if (star >= 0) {
                at = star + 1;
                in = ++resume;
            } else {
                return false;
            }
        }
        while (at < text.length() && text.charAt(at) == ANY) {
            at++;
        }
        return at == text.length();
    }

    /// Whether a name in upper case may be one of these; a quoted name is compared in any case.
    boolean mayMatch(String upper) {
        return quoted ? text.toUpperCase(Locale.ROOT).equals(upper) : matches(upper);
    }

    /// Everything that `other` matches is certainly matched here.
    boolean matchesAllOf(NamePattern other) {
        return equals(other)
                || (!quoted && text.equals("*"))
                || (other.isExact() && matches(other.text));
    }

    @Override
    public String toString() {
        return quoted ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }
}
