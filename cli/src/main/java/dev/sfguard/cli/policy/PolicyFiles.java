package dev.sfguard.cli.policy;

import dev.sfguard.cli.CliFailure;
import dev.sfguard.cli.Streams;
import dev.sfguard.cli.output.Printable;
import dev.sfguard.gateway.GatewayConfig;
import dev.sfguard.gateway.policy.CatalogFile;
import dev.sfguard.gateway.policy.Policy;
import dev.sfguard.gateway.policy.PolicyFile;
import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.yaml.YamlProblems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The files that a trial rests on; one with a problem ends the command.
///
/// @param config of the gateway that is pretended
record PolicyFiles(Policy policy, Catalog catalog, Optional<GatewayConfig> config) {

    /// @param policy null: the configuration's
    /// @param catalog null: the one beside the policy, where there is one
    static PolicyFiles read(
            Streams streams, @Nullable Path policy, @Nullable Path catalog, @Nullable Path config) {
        try {
            Optional<GatewayConfig> gateway =
                    config == null
                            ? Optional.empty()
                            : Optional.of(GatewayConfig.readWithoutKeys(config));
            var file =
                    Optional.ofNullable(policy)
                            .or(() -> gateway.map(GatewayConfig::policy))
                            .orElseThrow();
            var opened = gateway.map(GatewayConfig::unsafeAllow).orElse(Set.of());
            return new PolicyFiles(
                    PolicyFile.read(file, opened), catalog(streams, file, catalog), gateway);
        } catch (YamlProblems wrong) {
            throw unusable(wrong);
        }
    }

    /// @param named null: `NAME.catalog.yaml` beside the policy `NAME.yaml`, where it is there
    static Catalog catalog(Streams streams, Path policy, @Nullable Path named) throws YamlProblems {
        if (named != null) {
            return CatalogFile.read(named);
        }
        var beside = beside(policy);
        if (!Files.exists(beside)) {
            return Catalog.EMPTY;
        }
        streams.err().println("Tables and columns are those of " + Printable.line(beside + "."));
        return CatalogFile.read(beside);
    }

    private static Path beside(Path policy) {
        var name = String.valueOf(policy.getFileName());
        return policy.resolveSibling(name.replaceFirst("\\.ya?ml$", "") + ".catalog.yaml");
    }

    static CliFailure unusable(YamlProblems wrong) {
        return CliFailure.usage(
                "A file cannot be used.",
                Printable.lines(String.valueOf(wrong.getMessage())),
                "Mend it, then try again.");
    }
}
