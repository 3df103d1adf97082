package dev.sfguard.cli;

import java.util.Comparator;
import java.util.List;
import picocli.CommandLine;

/// The texts of `--help`. The list of commands comes from the table alone, so that it costs no
/// command's class.
final class Help {
    private static final int WIDTH = 98;

    private Help() {}

    static String all() {
        var text =
                new StringBuilder(
                        """
                        sfguard stands between people or AI agents and Snowflake: it knows who asks, decides
                        statement by statement, and keeps a recording that can be replayed.

                        Usage: sfguard [--version] [--help] COMMAND [ARGUMENTS...]
                        """);
        for (var section : Commands.SECTIONS) {
            if (!section.entries().isEmpty()) {
                text.append('\n').append(section.heading()).append(":\n");
                list(text, section.entries());
            }
        }
        text.append(
                """

                Start here:
                  sfguard demo                  everything on this machine, with a tour to follow
                  sfguard exec --help           each command shows its options and examples
                """);
        return text.toString();
    }

    /// The help of a word that only opens a group.
    static String of(Sfguard.Found found) {
        var text = new StringBuilder(found.entry().summary()).append(".\n\n");
        text.append("Usage: sfguard ").append(found.path()).append(" COMMAND [ARGUMENTS...]\n\n");
        list(text, found.entry().children());
        text.append("\nExample:\n  sfguard ")
                .append(found.path())
                .append(' ')
                .append(found.entry().children().getFirst().name())
                .append(" --help\n");
        return text.toString();
    }

    static String of(CommandLine parser) {
        return parser.setUsageHelpWidth(WIDTH).getUsageMessage(CommandLine.Help.Ansi.OFF);
    }

    private static void list(StringBuilder text, List<Commands.Entry> entries) {
        for (var entry : entries) {
            String name = entry.name();
            text.append("  ").append(name).append(" ".repeat(Math.max(1, 14 - name.length())));
            text.append(entry.summary()).append('\n');
        }
    }

    static CliFailure unknown(String path, String word, List<Commands.Entry> known) {
        String near =
                known.stream()
                        .map(Commands.Entry::name)
                        .min(Comparator.comparingInt(name -> distance(name, word)))
                        .filter(name -> distance(name, word) <= 2)
                        .map(name -> "Did you mean " + name + "?")
                        .orElse("");
        String called = path.isEmpty() ? "sfguard" : "sfguard " + path;
        return CliFailure.usage(
                "There is no command \"" + word + "\" in " + called + ".",
                near,
                "See: " + called + " --help");
    }

    /// Levenshtein's distance: how many letters to add, drop or change.
    private static int distance(String left, String right) {
        int[] row = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                int changed = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[right.length()];
    }
}
