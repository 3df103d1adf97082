package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.sql.Identifier;
import dev.sfguard.gateway.yaml.YamlDocument;
import dev.sfguard.gateway.yaml.YamlMapping;
import dev.sfguard.gateway.yaml.YamlProblems;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Reads a policy from its YAML file.
public final class PolicyFile {
    private static final String VERSION = "1";

    private final String name;
    private final byte[] content;
    private final YamlDocument document;

    private PolicyFile(String name, byte[] content) throws YamlProblems {
        this.name = name;
        this.content = content;
        this.document = YamlDocument.parse(name, content);
    }

    /// @param unsafeAllow names of {@link UnsafeAllow}; an unknown one is an error of the
    ///     caller
    /// @throws PolicyProblems everything that is wrong in the file, at once
    public static Policy read(Path file, Set<String> unsafeAllow) throws PolicyProblems {
        var opened = opened(unsafeAllow);
        try {
            var content = YamlDocument.bytes(file);
            return new PolicyFile(file.getFileName().toString(), content).policy(opened);
        } catch (YamlProblems e) {
            throw new PolicyProblems(e.problems());
        }
    }

    /// The same for a text that is in memory already; `name` stands in problems and denials.
    public static Policy parse(String name, byte[] content, Set<String> unsafeAllow)
            throws PolicyProblems {
        var opened = opened(unsafeAllow);
        try {
            return new PolicyFile(name, content).policy(opened);
        } catch (YamlProblems e) {
            throw new PolicyProblems(e.problems());
        }
    }

    private static Set<UnsafeAllow> opened(Set<String> unsafeAllow) {
        return unsafeAllow.stream()
                .map(
                        open ->
                                UnsafeAllow.of(open)
                                        .orElseThrow(
                                                () ->
                                                        new IllegalArgumentException(
                                                                "unknown name in unsafe_allow: "
                                                                        + open)))
                .collect(Collectors.toUnmodifiableSet());
    }

    private Policy policy(Set<UnsafeAllow> opened) throws YamlProblems {
        var root = document.root();
        if (!root.text("version").equals(VERSION) && root.has("version")) {
            root.problem("version", "this gateway reads version 1 of the policy file");
        }
        var otherwise = root.optionalChoice("default", Policy.Otherwise.class);
        var roles =
                root.optionalMapping("roles").map(PolicyFile::roles).orElse(new RoleMap(Map.of()));
        var checks = new RuleChecks(roles);
        var named = new ArrayList<NamedInFile>();
        var rules = rules(root, checks, named);
        var masks = masks(root, checks, named);
        var detectors = root.list("detectors").stream().map(MaskReader::detector).toList();
        var limits = limits(root, checks);
        root.finish();
        document.finish();
        var origin =
                new Policy.Origin(
                        name,
                        sha256(content),
                        otherwise.orElse(Policy.Otherwise.BLOCK),
                        root.placeOf("default").line());
        return new Policy(
                origin, roles, rules, new Masking(name, masks, detectors), limits, named, opened);
    }

    private static List<Mask> masks(YamlMapping root, RuleChecks checks, List<NamedInFile> named) {
        var masks = new ArrayList<Mask>();
        for (var mapping : root.list("masks")) {
            var mask = MaskReader.mask(mapping);
            checks.named(mask.name(), mask.line(), mapping);
            NamedInFile.columns(mapping, "columns").forEach(named::add);
            masks.add(mask);
        }
        return masks;
    }

    private static List<Limit> limits(YamlMapping root, RuleChecks checks) {
        var limits = new ArrayList<Limit>();
        for (var mapping : root.list("limits")) {
            var limit = LimitReader.read(mapping, limits.size() + 1);
            checks.named(limit.name(), limit.line(), mapping);
            limits.add(limit);
        }
        return limits;
    }

    private static RoleMap roles(YamlMapping mapping) {
        var byConnection = new LinkedHashMap<String, Map<String, String>>();
        mapping.named()
                .forEach(
                        (connection, groups) -> {
                            var roleOf = new LinkedHashMap<String, String>();
                            for (var group : groups.keys()) {
                                groups.converted(
                                                group.value(),
                                                "the name of a role",
                                                Identifier::fold)
                                        .ifPresent(role -> roleOf.put(group.value(), role));
                            }
                            byConnection.put(connection, roleOf);
                        });
        return new RoleMap(byConnection);
    }

    private static List<Rule> rules(YamlMapping root, RuleChecks checks, List<NamedInFile> named) {
        var rules = new ArrayList<Rule>();
        for (var mapping : root.list("rules")) {
            var rule = new RuleReader(mapping).read();
            checks.look(rule, mapping);
            mapping.optionalMapping("match").ifPresent(match -> NamedInFile.ofMatch(match, named));
            rules.add(rule);
        }
        checks.finish();
        return rules;
    }

    private static String sha256(byte[] content) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(content);
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
