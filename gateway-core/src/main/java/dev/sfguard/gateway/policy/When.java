package dev.sfguard.gateway.policy;

import dev.cel.common.CelOptions;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.cel.runtime.CelUnknownSet;
import dev.cel.runtime.CelVariableResolver;
import java.util.Optional;

/// A rule's condition in CEL, compiled. It may only look at {@link Facts}, and ends soon: loops
/// are counted, and regular expressions take linear time.
final class When {
    /// All steps of all loops of one evaluation together; the lists are a statement's objects.
    private static final int MOST_STEPS = 10_000;

    private static final int LONGEST = 4_000;
    private static final int DEEPEST = 50;

    static final CelOptions OPTIONS =
            CelOptions.current()
                    .comprehensionMaxIterations(MOST_STEPS)
                    .maxExpressionCodePointSize(LONGEST)
                    .maxParseRecursionDepth(DEEPEST)
                    .maxRegexProgramSize(LONGEST)
                    .build();

    // The other builder, of plans, does not take the bounds above.
    static final CelRuntime RUNTIME =
            CelRuntimeFactory.legacyCelRuntimeBuilder().setOptions(OPTIONS).build();

    private final String text;
    private final CelRuntime.Program program;

    When(String text, CelRuntime.Program program) {
        this.text = text;
        this.program = program;
    }

    /// What an evaluation came to.
    sealed interface Result {
        record Holds() implements Result {}

        record HoldsNot() implements Result {}

        /// It depends on objects that are not known.
        record NotKnown() implements Result {}

        record Failed(String why) implements Result {}
    }

    String text() {
        return text;
    }

    Result evaluate(Facts facts) {
        return evaluate((CelVariableResolver) facts);
    }

    /// Without any facts: it holds for nobody, ever.
    boolean isNever() {
        return evaluate((CelVariableResolver) _ -> Optional.empty()) instanceof Result.HoldsNot;
    }

    private Result evaluate(CelVariableResolver facts) {
        try {
            return switch (program.eval(facts)) {
                case Boolean holds -> holds ? new Result.Holds() : new Result.HoldsNot();
                case CelUnknownSet _ -> new Result.NotKnown();
                case Object other ->
                        new Result.Failed("it gives a " + other.getClass().getSimpleName());
            };
        } catch (CelEvaluationException | RuntimeException e) {
            return new Result.Failed(String.valueOf(e.getMessage()));
        }
    }
}
