package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.yaml.Problem;
import dev.sfguard.gateway.yaml.YamlProblems;
import java.util.List;

/// A policy file that is refused as a whole, with everything that is wrong in it.
public final class PolicyProblems extends YamlProblems {
    private static final long serialVersionUID = 1;

    PolicyProblems(List<Problem> problems) {
        super(problems);
    }
}
