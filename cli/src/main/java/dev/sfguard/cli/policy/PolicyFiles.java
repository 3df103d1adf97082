package dev.sfguard.cli.policy;

import dev.sfguard.cli.CliFailure;
import dev.sfguard.cli.output.Printable;
import dev.sfguard.gateway.policy.CatalogFile;
import dev.sfguard.gateway.policy.Policy;
import dev.sfguard.gateway.policy.PolicyFile;
import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.yaml.YamlProblems;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The files that a trial rests on; one with a problem ends the command.
record PolicyFiles(Policy policy, Catalog catalog) {

    static PolicyFiles read(Path policy, @Nullable Path catalog) {
        try {
            return new PolicyFiles(PolicyFile.read(policy, Set.of()), catalog(catalog));
        } catch (YamlProblems wrong) {
            throw unusable(wrong);
        }
    }

    static Catalog catalog(@Nullable Path file) throws YamlProblems {
        return file == null ? Catalog.EMPTY : CatalogFile.read(file);
    }

    static CliFailure unusable(YamlProblems wrong) {
        return CliFailure.usage(
                "A file cannot be used.",
                Printable.lines(String.valueOf(wrong.getMessage())),
                "Mend it, then try again.");
    }
}
