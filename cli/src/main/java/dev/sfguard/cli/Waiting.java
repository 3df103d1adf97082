package dev.sfguard.cli;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How long statements may wait for somebody's approval.
final class Waiting {
    private static final String PARAMETER = "SFGUARD_APPROVAL_WAIT";

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            description =
                    "Wait at most so long for an approval: 90s, 15m. Default: as long as the rule"
                            + " lets it.")
    private @Nullable String wait;

    @Option(
            names = "--no-wait",
            description =
                    "Do not wait for an approval: ask for it, print the request's id and end with"
                            + " 12. Run the same again once it is given.")
    private boolean noWait;

    /// The session parameter that says so, where anything is said. The environment's counts where
    /// no option does.
    Map<String, String> parameters(Streams streams) {
        return seconds(streams).map(seconds -> Map.of(PARAMETER, seconds)).orElseGet(Map::of);
    }

    private Optional<String> seconds(Streams streams) {
        if (wait != null && noWait) {
            throw CliFailure.usage("--wait and --no-wait are both given.", "", "Give one of them.");
        }
        if (noWait) {
            return Optional.of("0");
        }
        return wait == null
                ? streams.variable(PARAMETER)
                : Optional.of(Long.toString(TimeOption.length("--wait", wait, "exec").toSeconds()));
    }

    /// Whether a statement that is pending in the end was waited for so long.
    boolean waits(Streams streams) {
        return seconds(streams).filter(seconds -> !seconds.equals("0")).isPresent();
    }
}
