package dev.sfguard.sandbox.engine;

import dev.sfguard.sandbox.sql.Labels;
import dev.sfguard.sandbox.sql.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Gives a query's columns Snowflake's types. DuckDB's types say most of it; what they do not, the
/// length of a text or whether JSON is an object, comes from the tables the query names.
final class ResultTypes {
    private final Session session;
    private final List<Catalog.Name> tables = new ArrayList<>();
    private final Map<String, String> families;

    ResultTypes(Session session, Tokens tokens) {
        this.session = session;
        families = Labels.families(tokens);
        var names = new Names(session);
        for (int i = 0; i < tokens.size(); i++) {
            boolean source =
                    tokens.is(i, "FROM") || tokens.is(i, "JOIN") || tokens.at(i).isSymbol(",");
            if (source && tokens.at(i + 1).isName()) {
                names.read(tokens, i + 1).ifPresent(found -> tables.add(found.name()));
            }
        }
    }

    Column column(String label, String duckdbType) {
        Column column = Column.fromDuckdb(label, duckdbType);
        Optional<Column> declared =
                tables.stream()
                        .map(table -> session.account().catalog().column(table, label))
                        .flatMap(Optional::stream)
                        .filter(found -> sameFamily(found, column))
                        .findFirst();
        return declared.orElseGet(() -> byExpression(column));
    }

    private Column byExpression(Column column) {
        String family = families.get(column.name());
        if (family == null) {
            return column;
        }
        return switch (family) {
            case "GEOGRAPHY", "GEOMETRY" ->
                    new Column(column.name(), "object", 0, 0, 0, true, family);
            case "object", "array" ->
                    column.type().equals("variant") ? Column.of(column.name(), family) : column;
            default -> column;
        };
    }

    private static boolean sameFamily(Column declared, Column found) {
        return switch (found.type()) {
            case "variant" ->
                    declared.type().equals("variant")
                            || declared.type().equals("array")
                            || declared.type().equals("object");
            case "text" -> declared.type().equals("text") || !declared.extension().isEmpty();
            case "fixed" -> declared.type().equals("fixed") && declared.scale() == found.scale();
            default -> declared.type().equals(found.type());
        };
    }
}
