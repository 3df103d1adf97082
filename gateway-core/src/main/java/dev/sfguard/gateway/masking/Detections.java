package dev.sfguard.gateway.masking;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.sfguard.gateway.policy.Masks.Detection;
import dev.sfguard.gateway.policy.Masks.With;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/// What is looked for and what takes its place, ready to be used. Immutable, safe for threads. The
/// kinds of findings are numbered: the built-in detectors in their order, then the policy's own
/// expressions, and last what cannot be read and so is masked whole.
public final class Detections {
    /// A finding's kinds of one cell are kept as bits.
    private static final int MOST = 48;

    private static final String UNREADABLE = "unreadable";

    private final List<String> names;
    private final Replacement[] replacements;
    private final Pattern[] patterns;
    private final int builtIn;

    private Detections(List<String> names, Replacement[] replacements, Pattern[] patterns, int of) {
        this.names = List.copyOf(names);
        this.replacements = replacements;
        this.patterns = patterns;
        this.builtIn = of;
    }

    /// Of several entries that find the same the first one counts, as in the policy's file.
    ///
    /// @param hashKey the key of `with: hash`
    /// @throws IllegalArgumentException when an entry cannot be kept: an unknown detector, an
    ///     expression that is none or finds the empty text, a hash without a key, SQL, which
    ///     cannot be run over a result. The message says which
    public static Detections of(List<Detection> entries, Optional<SecretKey> hashKey) {
        var detectors = Detector.values();
        var with = new @Nullable With[detectors.length];
        var own = new ArrayList<Pattern>();
        var ownWith = new ArrayList<With>();
        var names = new ArrayList<String>();
        for (var detector : detectors) {
            names.add(detector.policyName());
        }
        for (var entry : entries) {
            for (String name : new TreeSet<>(entry.find())) {
                var detector =
                        Detector.of(name)
                                .orElseThrow(
                                        () ->
                                                new IllegalArgumentException(
                                                        "there is no detector \"" + name + "\""));
                with[detector.kind()] =
                        with[detector.kind()] == null ? entry.with() : with[detector.kind()];
            }
            new TreeMap<>(entry.patterns())
                    .forEach(
                            (name, expression) -> {
                                own.add(compile(name, expression));
                                ownWith.add(entry.with());
                                names.add(name);
                            });
        }
        if (own.size() > MOST) {
            throw new IllegalArgumentException(
                    "%d expressions of your own; %d at most".formatted(own.size(), MOST));
        }
        names.add(UNREADABLE);
        var replacements = new Replacement[names.size()];
        int builtIn = 0;
        for (var detector : EnumSet.allOf(Detector.class)) {
            var how = with[detector.kind()];
            builtIn |= how == null ? 0 : detector.bit();
            replacements[detector.kind()] =
                    Replacement.of(
                            names.get(detector.kind()),
                            Optional.of(detector),
                            how == null ? new With.Redact() : how,
                            hashKey);
        }
        for (int i = 0; i < own.size(); i++) {
            int kind = detectors.length + i;
            replacements[kind] =
                    Replacement.of(names.get(kind), Optional.empty(), ownWith.get(i), hashKey);
        }
        replacements[names.size() - 1] =
                Replacement.of(UNREADABLE, Optional.empty(), new With.Redact(), hashKey);
        return new Detections(names, replacements, own.toArray(Pattern[]::new), builtIn);
    }

    /// Every built-in detector, redacting.
    public static Detections all() {
        var names =
                Arrays.stream(Detector.values())
                        .map(Detector::policyName)
                        .collect(java.util.stream.Collectors.toSet());
        return of(
                List.of(new Detection(names, java.util.Map.of(), new With.Redact())),
                Optional.empty());
    }

    private static Pattern compile(String name, String expression) {
        try {
            var pattern = Pattern.compile(expression);
            if (pattern.matches("")) {
                throw new IllegalArgumentException(
                        "the expression \"%s\" finds the empty text".formatted(name));
            }
            return pattern;
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "the expression \"%s\" cannot be read: %s".formatted(name, e.getDescription()),
                    e);
        }
    }

    /// Bits of {@link Detector#bit}.
    int builtIn() {
        return builtIn;
    }

    boolean hasPatterns() {
        return patterns.length > 0;
    }

    void findPatterns(byte[] text, int from, int to, Findings findings) {
        byte[] exact = from == 0 && to == text.length ? text : Arrays.copyOfRange(text, from, to);
        for (int i = 0; i < patterns.length; i++) {
            Matcher matcher = patterns[i].matcher(exact);
            while (matcher.find()) {
                if (matcher.end() > matcher.start()) {
                    findings.add(
                            from + matcher.start(),
                            from + matcher.end(),
                            Detector.values().length + i);
                }
            }
        }
    }

    int kinds() {
        return names.size();
    }

    int unreadable() {
        return names.size() - 1;
    }

    String name(int kind) {
        return names.get(kind);
    }

    Replacement replacement(int kind) {
        return replacements[kind];
    }
}
