package dev.sfguard.gateway.policy;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelVariableResolver;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.sql.Analysis.Understood;
import dev.sfguard.gateway.sql.ObjectAccess;
import dev.sfguard.gateway.sql.ObjectAccess.Mode;
import dev.sfguard.gateway.sql.Objects;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// All that a rule's `when` may ask about one statement. What is not known has no value: an
/// expression whose result depends on it has none either, and that is never "no".
record Facts(Identity who, SessionView session, Understood statement, Usage usage, Instant now)
        implements CelVariableResolver {

    private static final CelType TEXTS = ListType.create(SimpleType.STRING);

    /// The names an expression may use, and their types.
    static final Map<String, CelType> NAMES =
            new TreeMap<>(
                    Map.ofEntries(
                            Map.entry("identity.name", SimpleType.STRING),
                            Map.entry("identity.subject", SimpleType.STRING),
                            Map.entry("identity.groups", TEXTS),
                            Map.entry("identity.kind", SimpleType.STRING),
                            Map.entry("identity.issuer", SimpleType.STRING),
                            Map.entry("statement.kind", SimpleType.STRING),
                            Map.entry("statement.classes", TEXTS),
                            Map.entry("statement.effects", TEXTS),
                            Map.entry("statement.has_where", SimpleType.BOOL),
                            Map.entry("statement.reads", TEXTS),
                            Map.entry("statement.writes", TEXTS),
                            Map.entry("statement.ddl", TEXTS),
                            Map.entry("statement.columns", TEXTS),
                            Map.entry("session.connection", SimpleType.STRING),
                            Map.entry("session.role", SimpleType.STRING),
                            Map.entry("session.database", SimpleType.STRING),
                            Map.entry("session.schema", SimpleType.STRING),
                            Map.entry("session.application", SimpleType.STRING),
                            Map.entry("usage.statements_this_minute", SimpleType.INT),
                            Map.entry("usage.rows_today", SimpleType.INT),
                            Map.entry("now", SimpleType.TIMESTAMP)));

    @Override
    public Optional<Object> find(String name) {
        return switch (name) {
            case "identity.name" -> Optional.of(who.name());
            case "identity.subject" -> Optional.of(who.subject());
            case "identity.groups" -> Optional.of(who.groups().stream().sorted().toList());
            case "identity.kind" -> Optional.of(who.kind().name().toLowerCase(Locale.ROOT));
            case "identity.issuer" -> Optional.of(who.issuer());
            case "statement.kind" -> Optional.of(statement.kind().name());
            case "statement.classes" -> Optional.of(names(statement.classes()));
            case "statement.effects" -> Optional.of(names(statement.effects()));
            case "statement.has_where" -> Optional.of(statement.hasWhere());
            case "statement.reads" -> objects(Mode.READ);
            case "statement.writes" -> objects(Mode.WRITE);
            case "statement.ddl" -> objects(Mode.DDL);
            case "statement.columns" -> columns();
            case "session.connection" -> Optional.of(session.connection());
            case "session.role" -> Optional.of(session.role());
            case "session.database" -> Optional.of(session.database().orElse(""));
            case "session.schema" -> Optional.of(session.schema().orElse(""));
            case "session.application" -> Optional.of(session.application());
            case "usage.statements_this_minute" -> Optional.of(usage.statementsThisMinute());
            case "usage.rows_today" -> Optional.of(usage.rowsToday());
            case "now" -> Optional.of(now);
            default -> Optional.empty();
        };
    }

    /// One clause for people.
    String whyNotKnown() {
        return switch (statement.objects()) {
            case Objects.Unknown(var why, _) -> why;
            case Objects.Known _ -> "some of its columns cannot be told apart";
        };
    }

    private static List<String> names(Set<? extends Enum<?>> words) {
        return words.stream().map(Enum::name).sorted().toList();
    }

    private Optional<Object> objects(Mode mode) {
        return accesses()
                .map(
                        all ->
                                all.stream()
                                        .filter(access -> access.mode() == mode)
                                        .map(access -> access.object().toString())
                                        .distinct()
                                        .sorted()
                                        .toList());
    }

    /// Not known either where any column of an object may be concerned.
    private Optional<Object> columns() {
        return accesses()
                .filter(all -> all.stream().noneMatch(ObjectAccess::everyColumn))
                .map(all -> all.stream().flatMap(Facts::columns).distinct().sorted().toList());
    }

    private static Stream<String> columns(ObjectAccess access) {
        return access.columns().stream().map(column -> access.object() + "." + column);
    }

    private Optional<List<ObjectAccess>> accesses() {
        return switch (statement.objects()) {
            case Objects.Known(var accesses) -> Optional.of(accesses);
            case Objects.Unknown _ -> Optional.empty();
        };
    }
}
