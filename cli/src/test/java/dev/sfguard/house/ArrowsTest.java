package dev.sfguard.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Arrows of the house. What stands in neither map is forbidden; a package without a row may
/// import
/// nothing of ours.
class ArrowsTest {
    private static final String OURS = "dev.sfguard.";

    /// Top package → the top packages it may import.
    private static final Map<String, Set<String>> MAY_IMPORT =
            Map.ofEntries(
                    Map.entry("gateway.identity", Set.of()),
                    Map.entry("gateway.sql", Set.of()),
                    Map.entry("gateway.yaml", Set.of()),
                    Map.entry("gateway.store", Set.of()),
                    Map.entry("gateway.snowflake", Set.of("gateway.sql")),
                    Map.entry(
                            "gateway.policy",
                            Set.of("gateway.identity", "gateway.sql", "gateway.yaml")),
                    Map.entry(
                            "gateway.recording",
                            Set.of(
                                    "gateway.identity",
                                    "gateway.sql",
                                    "gateway.policy",
                                    "gateway.store")),
                    Map.entry(
                            "gateway.masking",
                            Set.of("gateway.sql", "gateway.policy", "gateway.snowflake")),
                    Map.entry(
                            "gateway.approval",
                            Set.of(
                                    "gateway.identity",
                                    "gateway.sql",
                                    "gateway.policy",
                                    "gateway.store")),
                    Map.entry("gateway.tunnel", Set.of("gateway.identity", "gateway.store")),
                    Map.entry(
                            "gateway.proxy",
                            Set.of(
                                    "gateway.approval",
                                    "gateway.identity",
                                    "gateway.sql",
                                    "gateway.policy",
                                    "gateway.masking",
                                    "gateway.snowflake",
                                    "gateway.recording",
                                    "gateway.store")),
                    Map.entry(
                            "gateway.admin",
                            Set.of(
                                    // What is shown to others is redacted there.
                                    "gateway.masking",
                                    "gateway.snowflake",
                                    "gateway.approval",
                                    "gateway.identity",
                                    "gateway.recording",
                                    "gateway.policy",
                                    "gateway.store")),
                    Map.entry(
                            "gateway",
                            Set.of(
                                    "gateway.approval",
                                    "gateway.identity",
                                    "gateway.sql",
                                    "gateway.yaml",
                                    "gateway.store",
                                    "gateway.snowflake",
                                    "gateway.policy",
                                    "gateway.recording",
                                    "gateway.masking",
                                    "gateway.tunnel",
                                    "gateway.proxy",
                                    "gateway.admin")),
                    Map.entry("agent", Set.of("gateway.identity", "gateway.tunnel")),
                    Map.entry(
                            "cli",
                            Set.of(
                                    "agent",
                                    "gateway",
                                    "gateway.identity",
                                    "gateway.sql",
                                    "gateway.policy",
                                    "gateway.proxy",
                                    "gateway.yaml",
                                    "gateway.recording",
                                    "gateway.snowflake")),
                    Map.entry("sandbox", Set.of()));

    /// Libraries that only the named packages may know.
    private static final Map<String, List<String>> ONLY_IN =
            Map.of(
                    "picocli.", List.of("cli"),
                    "org.jline.", List.of("cli"),
                    "net.snowflake.", List.of("cli"),
                    "net.sf.jsqlparser.", List.of("gateway.sql"),
                    "org.apache.sshd.", List.of("gateway.tunnel", "agent.tunnel"),
                    "org.eclipse.jetty.",
                            List.of("gateway.proxy", "gateway.admin", "gateway.tunnel", "gateway"),
                    "org.duckdb.", List.of("sandbox"));

    /// The one class of the tunnel that the agent may know: the names both ends agree on.
    private static final String SHARED_WITH_AGENT = "dev.sfguard.gateway.tunnel.Handshake";

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.sfguard");

    @Test
    void every_import_follows_an_arrow_of_the_house() {
        var strays = new TreeSet<String>();
        for (JavaClass from : CLASSES) {
            for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
                stray(from, dependency.getTargetClass().getBaseComponentType())
                        .ifPresent(strays::add);
            }
        }
        assertThat(strays).isEmpty();
    }

    @Test
    void every_package_is_on_the_map() {
        var unknown = new TreeMap<String, String>();
        for (JavaClass type : CLASSES) {
            if (!MAY_IMPORT.containsKey(top(type.getPackageName()))) {
                unknown.put(type.getPackageName(), type.getName());
            }
        }
        assertThat(unknown).isEmpty();
    }

    private static Optional<String> stray(JavaClass from, JavaClass to) {
        String source = top(from.getPackageName());
        if (!to.getPackageName().startsWith(OURS.substring(0, OURS.length() - 1))) {
            return ONLY_IN.entrySet().stream()
                    .filter(library -> to.getName().startsWith(library.getKey()))
                    .filter(library -> !mayKnow(from.getPackageName(), library.getValue()))
                    .map(library -> from.getName() + " knows " + to.getName())
                    .findFirst();
        }
        String target = top(to.getPackageName());
        boolean arrow =
                source.equals(target) || MAY_IMPORT.getOrDefault(source, Set.of()).contains(target);
        boolean otherEnd =
                source.equals("agent")
                        && target.equals("gateway.tunnel")
                        && !to.getName().startsWith(SHARED_WITH_AGENT);
        return arrow && !otherEnd
                ? Optional.empty()
                : Optional.of(from.getName() + " → " + to.getName());
    }

    private static boolean mayKnow(String packageName, List<String> owners) {
        String below = packageName.substring(OURS.length());
        return owners.stream().anyMatch(owner -> below.equals(owner) || under(below, owner));
    }

    /// The gateway's root owns only itself: what it may know, its parts may not.
    private static boolean under(String below, String owner) {
        return !owner.equals("gateway") && below.startsWith(owner + ".");
    }

    /// `dev.sfguard.gateway.sql.anything` → `gateway.sql`; `dev.sfguard.cli.shell` → `cli`.
    private static String top(String packageName) {
        String below = packageName.substring(OURS.length());
        String[] parts = below.split("\\.", -1);
        return parts[0].equals("gateway") && parts.length > 1
                ? parts[0] + "." + parts[1]
                : parts[0];
    }
}
