package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.Catalog.Column;
import dev.sfguard.gateway.sql.Catalog.Kind;
import dev.sfguard.gateway.sql.Catalog.Relation;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The account that the tests speak of: SHOP.PUBLIC with tables, views and things between.
final class Shop {
    static final NameScope SCOPE = new NameScope("SHOP", "PUBLIC");

    static final Catalog CATALOG =
            catalog(
                    table("CUSTOMERS", "ID", "NAME", "EMAIL", "SSN", "CARD_NUMBER", "CITY"),
                    table("ORDERS", "ID", "CUSTOMER_ID", "AMOUNT", "STATUS", "PLACED_AT"),
                    table("EMPLOYEES", "ID", "NAME", "DEPT", "SALARY", "MANAGER_ID"),
                    table("NOTES", "ID", "TXT"),
                    view(
                            "PEOPLE",
                            "create view people as select id, ssn as s from customers",
                            "ID",
                            "S"),
                    view("PEOPLE2", "create view people2 as select s from people", "S"),
                    view("SECRETS", null, "X"),
                    new Relation(name("D"), Kind.OTHER, columns("A"), null));

    /// Never closed: its threads end by themselves.
    static final Analyzer ANALYZER = new Analyzer();

    private Shop() {}

    static Analysis analyze(String sql) {
        return ANALYZER.analyze(new Statement(sql, 0), SCOPE, CATALOG);
    }

    private static Catalog catalog(Relation... relations) {
        Map<ObjectName, Relation> byName = new HashMap<>();
        Arrays.stream(relations).forEach(it -> byName.put(it.name(), it));
        return new Catalog(1, Set.of("SHOP"), byName);
    }

    static ObjectName name(String last) {
        return new ObjectName("SHOP", "PUBLIC", last);
    }

    private static Relation table(String name, String... columns) {
        return new Relation(name(name), Kind.TABLE, columns(columns), null);
    }

    private static Relation view(String name, String definition, String... columns) {
        return new Relation(name(name), Kind.VIEW, columns(columns), definition);
    }

    private static List<Column> columns(String... names) {
        return Arrays.stream(names).map(it -> new Column(it, "TEXT")).toList();
    }

    /// `READ CUSTOMERS(SSN *)`, one each, in alphabetical order; names of SHOP.PUBLIC are short.
    static String show(Objects objects) {
        return switch (objects) {
            case Objects.Unknown(String why, _) -> "UNKNOWN " + why;
            case Objects.Known(var accesses) ->
                    accesses.stream().map(Shop::show).sorted().collect(Collectors.joining(", "));
        };
    }

    private static String show(ObjectAccess access) {
        var columns = new TreeSet<>(access.columns());
        String every = access.everyColumn() ? (columns.isEmpty() ? "*" : " *") : "";
        String list = String.join(" ", columns) + every;
        String name = access.object().toString().replaceFirst("^SHOP\\.PUBLIC\\.", "");
        return access.mode() + " " + name + (list.isEmpty() ? "" : "(" + list + ")");
    }
}
