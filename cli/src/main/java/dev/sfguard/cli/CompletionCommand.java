package dev.sfguard.cli;

import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/// Prints the completion script of a shell.
@CommandLine.Command(
        name = "completion",
        description = {"Print a completion script; install.sh puts it in place.", ""},
        footer = {
            "",
            "Examples:",
            "  source <(sfguard completion bash)",
            "  sfguard completion zsh > ~/.zfunc/_sfguard",
            "  sfguard completion fish > ~/.config/fish/completions/sfguard.fish"
        })
final class CompletionCommand implements Command {
    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}")
    private @Nullable Shell shell;

    enum Shell {
        BASH,
        ZSH,
        FISH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public ExitCode run(Streams streams) throws IOException {
        try (var script = CompletionCommand.class.getResourceAsStream("completion." + shell)) {
            if (script == null) {
                throw new IOException("the program holds no script for " + shell);
            }
            streams.out().write(script.readAllBytes());
        }
        return ExitCode.DONE;
    }
}
