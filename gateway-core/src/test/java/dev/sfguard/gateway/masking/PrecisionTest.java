package dev.sfguard.gateway.masking;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// How much of what is there each detector finds (recall), and how much of what it finds is there
/// (precision): on samples made by hand, and on many drawn with a fixed seed.
class PrecisionTest {
    private static final long SEED = 20231114;
    private static final int DRAWN = 5_000;

    private record Sample(Set<Detector> expected, String column, String text) {}

    private static final class Score {
        private int right;
        private int missed;
        private int wrong;

        double precision() {
            return right + wrong == 0 ? 1 : (double) right / (right + wrong);
        }

        double recall() {
            return right + missed == 0 ? 1 : (double) right / (right + missed);
        }
    }

    @Test
    void samples_made_by_hand_are_all_told_apart() throws IOException {
        var wrong = new ArrayList<String>();

        var scores = scores(handMade(), wrong);

        print("made by hand", scores);
        assertThat(wrong).isEmpty();
    }

    @Test
    void drawn_values_in_all_their_forms_are_found() {
        var random = new Random(SEED);
        var samples = new ArrayList<Sample>();
        for (int i = 0; i < DRAWN; i++) {
            for (var detector : Detector.values()) {
                String value = Drawn.value(detector, random);
                samples.add(new Sample(EnumSet.of(detector), "-", Drawn.around(value, random)));
            }
        }
        var wrong = new ArrayList<String>();

        var scores = scores(samples, wrong);

        print("drawn values", scores);
        scores.forEach(
                (detector, score) -> {
                    assertThat(score.recall()).as("%s, %s", detector, wrong).isGreaterThan(0.99);
                    assertThat(score.precision()).as("%s, %s", detector, wrong).isGreaterThan(0.99);
                });
    }

    /// Ids, times, hashes and figures, as tables are full of them. One in ten numbers passes Luhn's
    /// check, and one in some has an issuer's prefix and length, so a bound of zero cannot be held.
    @Test
    void drawn_ids_and_figures_are_seldom_taken_for_something_else() {
        var random = new Random(SEED);
        var rates = new java.util.TreeMap<String, String>();
        for (var kind : Drawn.Noise.values()) {
            var found = new java.util.EnumMap<Detector, Integer>(Detector.class);
            int hits = 0;
            for (int i = 0; i < DRAWN; i++) {
                var in = find(new Sample(Set.of(), "-", Drawn.noise(kind, random)));
                hits += in.isEmpty() ? 0 : 1;
                in.forEach(each -> found.merge(each, 1, Integer::sum));
            }
            double rate = (double) hits / DRAWN;
            rates.put(kind.name(), String.format(Locale.ROOT, "%.4f %s", rate, found));
            assertThat(rate).as("%s %s", kind, found).isLessThanOrEqualTo(kind.mostFound());
        }
        System.out.println("taken for something else, of 1:");
        rates.forEach((kind, rate) -> System.out.printf(Locale.ROOT, "  %-22s %s%n", kind, rate));
    }

    private static Map<Detector, Score> scores(List<Sample> samples, List<String> wrong) {
        var scores = new java.util.EnumMap<Detector, Score>(Detector.class);
        for (var detector : Detector.values()) {
            scores.put(detector, new Score());
        }
        for (var sample : samples) {
            var found = find(sample);
            if (!found.equals(sample.expected()) && wrong.size() < 50) {
                wrong.add("%s in: %s %s".formatted(found, sample.column(), sample.text()));
            }
            for (var detector : Detector.values()) {
                var score = Objects.requireNonNull(scores.get(detector));
                boolean there = sample.expected().contains(detector);
                boolean isFound = found.contains(detector);
                score.right += there && isFound ? 1 : 0;
                score.missed += there && !isFound ? 1 : 0;
                score.wrong += !there && isFound ? 1 : 0;
            }
        }
        return scores;
    }

    private static Set<Detector> find(Sample sample) {
        byte[] text = sample.text().getBytes(UTF_8);
        int hints = sample.column().equals("-") ? Hints.NONE : Hints.of(sample.column());
        var findings = new ContentScanner(Detections.all()).scan(text, 0, text.length, hints);
        var found = EnumSet.noneOf(Detector.class);
        for (int i = 0; i < findings.size(); i++) {
            found.add(Detector.of(findings.kind(i)));
        }
        return found;
    }

    private static List<Sample> handMade() throws IOException {
        var samples = new ArrayList<Sample>();
        try (var in = PrecisionTest.class.getResourceAsStream("/masking/samples.tsv")) {
            for (String line :
                    new String(Objects.requireNonNull(in).readAllBytes(), UTF_8).split("\n", -1)) {
                if (line.isEmpty() || line.startsWith("#")) {
                    continue;
                }
                String[] parts = line.split("\t", 3);
                var expected = EnumSet.noneOf(Detector.class);
                if (!parts[0].equals("-")) {
                    expected.add(Detector.of(parts[0]).orElseThrow());
                }
                samples.add(new Sample(expected, parts[1], parts[2].replace("\\n", "\n")));
            }
        }
        return samples;
    }

    private static void print(String title, Map<Detector, Score> scores) {
        System.out.printf(Locale.ROOT, "%-14s precision  recall  values%n", title);
        scores.forEach(
                (detector, score) ->
                        System.out.printf(
                                Locale.ROOT,
                                "%-14s %9.4f %7.4f %7d%n",
                                detector.policyName(),
                                score.precision(),
                                score.recall(),
                                score.right + score.missed));
    }
}
