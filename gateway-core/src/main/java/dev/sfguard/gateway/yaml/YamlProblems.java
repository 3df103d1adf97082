package dev.sfguard.gateway.yaml;

import java.util.List;
import java.util.stream.Collectors;

/// A file that cannot be used, with everything that is wrong in it.
public class YamlProblems extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    public YamlProblems(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /// In the file's order. Never empty.
    public final List<Problem> problems() {
        return problems;
    }
}
