package dev.sfguard.gateway.policy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.CelValidationException;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.sfguard.gateway.yaml.Suggestion;
import dev.sfguard.gateway.yaml.YamlMapping;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Compiles a rule's `when`; what is wrong in it is pointed at inside the YAML.
final class WhenReader {
    private static final String KEY = "when";

    private static final CelCompiler COMPILER = compiler();

    private static final java.util.regex.Pattern NAME =
            java.util.regex.Pattern.compile("[A-Za-z_][A-Za-z_0-9]*(\\.[A-Za-z_][A-Za-z_0-9]*)?");

    private static final Set<String> ROOTS =
            Facts.NAMES.keySet().stream()
                    .map(name -> name.replaceFirst("\\..*", ""))
                    .collect(Collectors.toUnmodifiableSet());

    private final YamlMapping mapping;
    private final String text;

    private WhenReader(YamlMapping mapping, String text) {
        this.mapping = mapping;
        this.text = text;
    }

    private static CelCompiler compiler() {
        var builder =
                CelCompilerFactory.standardCelCompilerBuilder()
                        .setOptions(When.OPTIONS)
                        .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                        .setResultType(SimpleType.BOOL);
        Facts.NAMES.forEach(builder::addVar);
        return builder.build();
    }

    /// Empty when the rule has none, or one with a problem that is noted now.
    static Optional<When> read(YamlMapping rule) {
        return rule.optionalText(KEY).flatMap(text -> new WhenReader(rule, text).compile());
    }

    private Optional<When> compile() {
        try {
            var compiled = COMPILER.compile(text);
            if (compiled.hasError()) {
                compiled.getErrors().forEach(this::explain);
                return Optional.empty();
            }
            var tree = compiled.getAst();
            boolean sound =
                    CelNavigableAst.fromAst(tree)
                            .getRoot()
                            .allNodes()
                            .map(node -> checkConstants(tree, node))
                            .reduce(true, Boolean::logicalAnd);
            return sound ? Optional.of(program(tree)) : Optional.empty();
        } catch (CelValidationException | CelEvaluationException e) {
            problem(1, 0, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private When program(CelAbstractSyntaxTree tree) throws CelEvaluationException {
        var when = new When(text, When.RUNTIME.createProgram(tree));
        if (when.isNever()) {
            mapping.problem(KEY, "this rule can never fire: \"when\" is always false");
        }
        return when;
    }

    private void explain(CelIssue issue) {
        var place = issue.getSourceLocation();
        String message = issue.getMessage();
        if (message.startsWith("undeclared reference to '")) {
            message = unknownName(place, message);
        } else {
            // The parser lists every token that could have come.
            message =
                    message.lines()
                            .findFirst()
                            .orElse("it cannot be read")
                            .replaceFirst(" expecting \\{.*", "")
                            .replace("'<EOF>'", "end");
        }
        problem(place.getLine(), place.getColumn(), message);
    }

    /// CEL names only the first part of `statement.knd`.
    private String unknownName(CelSourceLocation place, String message) {
        var line = text.lines().skip(Math.max(0, place.getLine() - 1)).findFirst().orElse("");
        var found = NAME.matcher(line);
        int column =
                line.offsetByCodePoints(
                        0, Math.min(place.getColumn(), line.codePointCount(0, line.length())));
        if (!found.find(column) || found.start() != column) {
            return message.replaceFirst(" \\(in container.*", "");
        }
        String name = found.group();
        if (ROOTS.contains(name)) {
            return "\"%s\" alone is no value: name a part of it, such as %s"
                    .formatted(
                            name,
                            Facts.NAMES.keySet().stream()
                                    .filter(known -> known.startsWith(name + "."))
                                    .findFirst()
                                    .orElseThrow());
        }
        return "unknown name \"%s\"%s".formatted(name, Suggestion.of(name, Facts.NAMES.keySet()));
    }

    /// Arguments that would fail each time the rule is asked.
    private boolean checkConstants(CelAbstractSyntaxTree tree, CelNavigableExpr node) {
        if (node.getKind() != CelExpr.ExprKind.Kind.CALL || node.expr().call().args().isEmpty()) {
            return true;
        }
        var call = node.expr().call();
        var last = call.args().getLast();
        if (last.getKind() != CelExpr.ExprKind.Kind.CONSTANT
                || last.constant().getKind() != CelConstant.Kind.STRING_VALUE) {
            return true;
        }
        var wrong =
                call.function().equals("matches")
                        ? pattern(last.constant().stringValue())
                        : call.function().startsWith("get")
                                ? zone(last.constant().stringValue())
                                : Optional.<String>empty();
        wrong.ifPresent(message -> problem(tree, last.id(), message));
        return wrong.isEmpty();
    }

    private static Optional<String> pattern(String regex) {
        try {
            Pattern.compile(regex);
            return Optional.empty();
        } catch (PatternSyntaxException e) {
            return Optional.of("this is no regular expression of RE2: " + e.getDescription());
        }
    }

    private static Optional<String> zone(String name) {
        try {
            ZoneId.of(name);
            return Optional.empty();
        } catch (DateTimeException _) {
            return Optional.of(
                    "unknown time zone \"%s\"%s"
                            .formatted(name, Suggestion.of(name, ZoneId.getAvailableZoneIds())));
        }
    }

    private void problem(CelAbstractSyntaxTree tree, long expression, String message) {
        int offset =
                Optional.ofNullable(tree.getSource().getPositionsMap().get(expression)).orElse(0);
        var place = tree.getSource().getOffsetLocation(offset);
        problem(
                place.map(CelSourceLocation::getLine).orElse(1),
                place.map(CelSourceLocation::getColumn).orElse(0),
                message);
    }

    /// @param line within the text, from 1; @param column in it, from 0
    private void problem(int line, int column, String message) {
        mapping.problem(mapping.placeIn(KEY, line, column), "in \"when\": " + message);
    }
}
