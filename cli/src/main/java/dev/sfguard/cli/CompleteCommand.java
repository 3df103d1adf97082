package dev.sfguard.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;

/// What may stand at the cursor, for the completion scripts: a value, a tab and its description on
/// each line. Prints nothing where only the shell knows (file names).
@CommandLine.Command(name = "__complete", hidden = true)
final class CompleteCommand implements Command {
    @Parameters(paramLabel = "WORD")
    private List<String> words = new ArrayList<>();

    @Override
    public ExitCode run(Streams streams) {
        String typed = words.isEmpty() ? "" : words.getLast();
        var before = words.isEmpty() ? List.<String>of() : words.subList(0, words.size() - 1);
        for (var candidate : candidates(before, typed)) {
            if (candidate.value().startsWith(typed)) {
                streams.out().println(candidate.value() + "\t" + candidate.description());
            }
        }
        return ExitCode.DONE;
    }

    private record Candidate(String value, String description) {}

    private static List<Candidate> candidates(List<String> before, String typed) {
        if (before.isEmpty()) {
            return typed.startsWith("-") ? globals() : names(Commands.all());
        }
        if (Commands.find(before.getFirst()).isEmpty()) {
            return List.of();
        }
        var found = Sfguard.Found.in(before);
        var candidates = new ArrayList<Candidate>();
        if (found.rest().isEmpty()) {
            candidates.addAll(names(found.entry().children()));
        }
        if (found.entry().make() != null) {
            candidates.addAll(ofCommand(found, typed));
        }
        return candidates;
    }

    private static List<Candidate> ofCommand(Sfguard.Found found, String typed) {
        CommandSpec spec =
                Sfguard.parser(found, found.make(), new GlobalOptions()).getCommandSpec();
        var valued = found.rest().isEmpty() ? null : spec.findOption(found.rest().getLast());
        if (valued != null && valued.arity().max() > 0) {
            return values(valued);
        }
        if (typed.startsWith("-")) {
            return spec.options().stream().map(CompleteCommand::option).toList();
        }
        long given = found.rest().stream().filter(word -> !word.startsWith("-")).count();
        return spec.positionalParameters().stream()
                .filter(parameter -> parameter.index().contains((int) given))
                .findFirst()
                .map(CompleteCommand::values)
                .orElse(List.of());
    }

    private static List<Candidate> values(ArgSpec argument) {
        var values = new ArrayList<Candidate>();
        Optional.ofNullable(argument.completionCandidates())
                .ifPresent(all -> all.forEach(value -> values.add(new Candidate(value, ""))));
        return values;
    }

    private static Candidate option(OptionSpec option) {
        String description = option.description().length == 0 ? "" : option.description()[0];
        return new Candidate(option.longestName(), description.replace("%%", "%"));
    }

    private static List<Candidate> names(List<Commands.Entry> entries) {
        return entries.stream().map(entry -> new Candidate(entry.name(), entry.summary())).toList();
    }

    private static List<Candidate> globals() {
        return List.of(
                new Candidate("--help", "show the list of commands"),
                new Candidate("--version", "show the version"));
    }
}
