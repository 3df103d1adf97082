package dev.sfguard.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Makes queries over the shop as people and tools write them, and as people write them who want to
/// see what they should not. The same seed makes the same queries. Tables are written as
/// `{CUSTOMERS}`, to be put in under any of their names.
final class QueryMaker {

    /// A relation that a query may read, and its columns.
    private record Relation(String table, List<String> texts, List<String> numbers) {}

    /// One of a FROM, under the name that its columns are written with.
    private record Source(String name, Relation relation) {}

    private static final List<Relation> RELATIONS =
            List.of(
                    new Relation(
                            "CUSTOMERS",
                            List.of("ssn", "email", "card_number", "name", "city"),
                            List.of("id")),
                    new Relation("EMPLOYEES", List.of("name", "dept"), List.of("id", "salary")),
                    new Relation(
                            "ORDERS", List.of("status"), List.of("id", "customer_id", "amount")),
                    new Relation("PEOPLE", List.of("who", "ssn", "email"), List.of("id")),
                    new Relation("RICH", List.of("who"), List.of("pay")),
                    new Relation("PEOPLE2", List.of("who", "ssn"), List.of("amount")),
                    new Relation("CITIES", List.of("city"), List.of("n")));

    private final Random random;
    private final List<String> secrets;
    private int names;

    /// @param secrets raw values, to be guessed in predicates
    QueryMaker(long seed, List<String> secrets) {
        this.random = new Random(seed);
        this.secrets = List.copyOf(secrets);
    }

    /// The order of its rows is any.
    String next() {
        names = 0;
        return switch (random.nextInt(12)) {
            case 0 -> set();
            case 1 -> common();
            case 2 -> shadowing();
            case 3 -> grouped();
            case 4 -> windowed();
            case 5 -> nested();
            case 6 -> star();
            case 7 -> correlated();
            default -> plain();
        };
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    // ---- relations

    private Source source(StringBuilder from) {
        var relation = any(RELATIONS);
        boolean aliased = chance(70);
        String name = aliased ? "s" + ++names : relation.table().toLowerCase(java.util.Locale.ROOT);
        from.append(reference(relation));
        if (aliased) {
            from.append(any(List.of(" ", " as "))).append(name);
        }
        return new Source(name, relation);
    }

    private String reference(Relation relation) {
        return switch (random.nextInt(10)) {
            case 0 -> "identifier('{" + relation.table() + "}')";
            case 1 -> "/* from */ {" + relation.table() + "} -- " + relation.table() + "\n";
            default -> "{" + relation.table() + "}";
        };
    }

    private record From(String text, List<Source> sources) {}

    private From from() {
        var text = new StringBuilder();
        var sources = new ArrayList<Source>();
        sources.add(source(text));
        if (chance(35)) {
            var other = new StringBuilder();
            var joined = source(other);
            if (!joined.name().equals(sources.getFirst().name())) {
                text.append(any(List.of(" join ", " left join ", " inner join "))).append(other);
                text.append(" on ")
                        .append(number(sources.getFirst()))
                        .append(" = ")
                        .append(number(joined));
                text.append(" and ").append(number(joined)).append(" <= 25");
                sources.add(joined);
            }
        }
        return new From(text.toString(), sources);
    }

    // ---- expressions

    private String number(Source source) {
        return source.name() + "." + any(source.relation().numbers());
    }

    private String text(Source source) {
        var column = any(source.relation().texts());
        return chance(20) && !source.name().startsWith("s") ? column : source.name() + "." + column;
    }

    private String expression(List<Source> sources) {
        var source = any(sources);
        return switch (random.nextInt(14)) {
            case 0 -> "upper(" + text(source) + ")";
            case 1 -> "left(" + text(source) + ", 3)";
            case 2 -> text(source) + " || '-' || " + text(any(sources));
            case 3 -> "length(" + text(source) + ")";
            case 4 -> "coalesce(" + text(source) + ", 'none')";
            case 5 ->
                    "case when " + condition(sources) + " then " + text(source) + " else 'no' end";
            case 6 -> number(source) + " + 1";
            case 7 -> number(source) + "::varchar";
            case 8 -> "substr(" + text(source) + ", 2, 4)";
            case 9 -> "replace(" + text(source) + ", '9', '8')";
            case 10 -> "iff(" + condition(sources) + ", 1, 0)";
            case 11 -> number(source);
            default -> text(source);
        };
    }

    private String condition(List<Source> sources) {
        var source = any(sources);
        return switch (random.nextInt(11)) {
            case 0 -> text(source) + " = '" + any(secrets) + "'";
            case 1 -> text(source) + " like '9%'";
            case 2 -> text(source) + " is null";
            case 3 -> number(source) + " between 3 and 40";
            case 4 -> text(source) + " in ('" + any(secrets) + "', '***', 'Rome')";
            case 5 -> number(source) + " > 60000";
            case 6 -> text(source) + " > 'm'";
            case 7 -> number(source) + " in (select " + oneNumber() + ")";
            case 8 ->
                    "exists (select 1 from {CUSTOMERS} k where k.id = "
                            + number(source)
                            + " and k.ssn like '90%')";
            case 9 -> "not (" + text(source) + " = 'x' or " + number(source) + " < 5)";
            default -> number(source) + " <= 30";
        };
    }

    private String oneNumber() {
        var relation = any(RELATIONS);
        var source = new Source("i", relation);
        return number(source)
                + " from {"
                + relation.table()
                + "} i where "
                + text(source)
                + " like '%9%'";
    }

    private String list(List<Source> sources, int columns) {
        var list = new ArrayList<String>();
        for (int i = 0; i < columns; i++) {
            list.add(expression(sources) + any(List.of(" as c", " c")) + i);
        }
        return String.join(", ", list);
    }

    private String where(List<Source> sources) {
        return " where "
                + condition(sources)
                + (chance(40) ? any(List.of(" and ", " or ")) + condition(sources) : "");
    }

    // ---- queries

    private String plain() {
        var from = from();
        return "select "
                + (chance(15) ? "distinct " : "")
                + list(from.sources(), 1 + random.nextInt(3))
                + " from "
                + from.text()
                + (chance(75) ? where(from.sources()) : "");
    }

    private String star() {
        var from = from();
        var first = from.sources().getFirst();
        String what =
                switch (random.nextInt(4)) {
                    case 0 -> first.name() + ".*";
                    case 1 ->
                            from.sources().size() == 1
                                    ? "* exclude (" + any(first.relation().texts()) + ")"
                                    : first.name() + ".*";
                    case 2 -> first.name() + ".*, " + expression(from.sources()) + " as extra";
                    default -> from.sources().size() == 1 ? "*" : first.name() + ".*";
                };
        return "select " + what + " from " + from.text() + where(from.sources());
    }

    private String set() {
        return "select cast(%s as varchar) v from %s union all select cast(%s as varchar) from %s"
                .formatted(sides())
                .replace(
                        " union all ",
                        any(
                                List.of(
                                        " union all ",
                                        " union ",
                                        " intersect ",
                                        " except ",
                                        " minus ")));
    }

    private Object[] sides() {
        var one = from();
        var other = from();
        return new Object[] {
            expression(one.sources()), one.text(), expression(other.sources()), other.text()
        };
    }

    private String common() {
        var inner = from();
        return "with w (p, q) as (select %s from %s), v as (select p from w) select w.q, v.p from w join v on v.p = w.p where w.p is not null and length(w.p) < 12"
                .formatted(
                        "cast("
                                + expression(inner.sources())
                                + " as varchar) k, cast("
                                + expression(inner.sources())
                                + " as varchar) l",
                        inner.text() + " where " + number(inner.sources().getFirst()) + " <= 20");
    }

    private String shadowing() {
        return "with customers as (select id, city as ssn, ssn as city from {CUSTOMERS} where id <= 30) select c.ssn, c.city, e.salary from customers c left join {EMPLOYEES} e on e.id = c.id"
                + where(
                        List.of(
                                new Source(
                                        "c",
                                        new Relation("", List.of("ssn", "city"), List.of("id")))));
    }

    private String grouped() {
        var from = from();
        var source = from.sources().getFirst();
        String key = any(List.of(text(source), "left(" + text(source) + ", 2)"));
        return "select %1$s k, count(*) n, max(%2$s) m, min(%3$s) o from %4$s group by %1$s having count(*) >= 1%5$s"
                .formatted(
                        key,
                        text(source),
                        number(source),
                        from.text(),
                        chance(40) ? " and max(" + text(source) + ") > '5'" : "");
    }

    private String windowed() {
        var from = new StringBuilder();
        var source = source(from);
        return "select %1$s x, count(*) over (partition by %2$s) n from %3$s qualify count(*) over (partition by %2$s) >= 1"
                .formatted(expression(List.of(source)), text(source), from);
    }

    private String nested() {
        var from = from();
        var inner =
                "select %s as v, %s as n from %s%s"
                        .formatted(
                                "cast(" + expression(from.sources()) + " as varchar)",
                                number(from.sources().getFirst()),
                                from.text(),
                                where(from.sources()));
        return "select d.v, d.n, (select count(*) from {CUSTOMERS} c where c.ssn = d.v) hits from ("
                + inner
                + ") as d";
    }

    private String correlated() {
        var from = new StringBuilder();
        var source = source(from);
        return "select %s n, (select max(k.%s) from {CUSTOMERS} k where k.id = %s) m from %s where %s <= 40"
                .formatted(
                        number(source),
                        any(List.of("ssn", "email", "card_number", "name", "city")),
                        number(source),
                        from,
                        number(source));
    }
}
