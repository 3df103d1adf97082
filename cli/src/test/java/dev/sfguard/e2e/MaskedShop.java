package dev.sfguard.e2e;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// The sample shop with masks for analysts, views over it, and beside it a schema MASKED that holds
/// the same tables as an analyst should see them: what the gateway's results are held against.
final class MaskedShop {
    static final String POLICY =
            """
            version: 1
            default: block
            roles:
              shop: {dba: DBA, analysts: DBA, agents: AGENT_RO}
            rules:
              - name: work
                match: {statement: [SELECT, SHOW, DESCRIBE, USE, EXPLAIN, ALTER_SESSION, SET, UNSET, INSERT, UPDATE, DELETE, MERGE, CREATE, ALTER, DROP, BEGIN, COMMIT, ROLLBACK]}
                effect: allow
            masks:
              - name: pii
                columns: [SHOP.PUBLIC.CUSTOMERS.SSN]
                with: redact
                writes: mask
                unless: {groups: [dba]}
              - name: contact
                columns: [SHOP.PUBLIC.CUSTOMERS.EMAIL]
                with: partial
                unless: {groups: [dba]}
              - name: cards
                columns: ["SHOP.*.*.CARD_NUMBER"]
                with: "null"
                unless: {groups: [dba]}
              - name: names
                columns: [SHOP.PUBLIC.CUSTOMERS.NAME]
                with: "left(name, 1) || '.'"
                unless: {groups: [dba]}
              - name: pay
                columns: [SHOP.PUBLIC.EMPLOYEES.SALARY]
                with: redact
                unless: {groups: [dba]}
            """;

    private static final List<String> SET_UP =
            List.of(
                    // Small, so that many questions can be asked in a short time.
                    "delete from shop.public.customers where id > 60",
                    "delete from shop.public.orders where id > 150",
                    "create view shop.public.people as select id, name as who, ssn, email from customers",
                    "create view shop.public.rich (who, pay) as select name, salary from employees where salary > 50000 -- well paid",
                    "create view shop.public.people2 as select p.who, p.ssn, o.amount from people p join orders o on o.customer_id = p.id where o.id <= 40",
                    "create view shop.public.cities as select city, count(*) n from customers group by city",
                    "create schema shop.masked",
                    """
                    create table shop.masked.customers as select id, left(name, 1) || '.' as name,
                        regexp_replace(email, '^(.)[^@]*', '\\\\1***') as email, '***' as ssn,
                        cast(null as varchar) as card_number, city, created_at
                    from shop.public.customers
                    """,
                    "create table shop.masked.employees as select id, name, dept, 0 as salary, manager_id from shop.public.employees",
                    "create table shop.masked.orders as select * from shop.public.orders",
                    "create view shop.masked.people as select id, name as who, ssn, email from shop.masked.customers",
                    "create view shop.masked.rich (who, pay) as select name, salary from shop.masked.employees where salary > 50000",
                    "create view shop.masked.people2 as select p.who, p.ssn, o.amount from shop.masked.people p join shop.masked.orders o on o.customer_id = p.id where o.id <= 40",
                    "create view shop.masked.cities as select city, count(*) n from shop.masked.customers group by city",
                    "use schema shop.public");

    private MaskedShop() {}

    static Stage raise(Path folder) throws Exception {
        var stage = Stage.raise(folder, POLICY);
        try (var warehouse = stage.warehouse()) {
            for (var sql : SET_UP) {
                run(warehouse, sql);
            }
        }
        return stage;
    }

    static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /// All rows as text, in the order in which they came.
    static List<List<String>> rows(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            return rows(result);
        }
    }

    static List<List<String>> rows(ResultSet result) throws SQLException {
        var rows = new ArrayList<List<String>>();
        int columns = result.getMetaData().getColumnCount();
        while (result.next()) {
            var row = new ArrayList<String>();
            for (int i = 1; i <= columns; i++) {
                row.add(String.valueOf(result.getString(i)));
            }
            rows.add(row);
        }
        return rows;
    }

    static String value(Connection connection, String sql) throws SQLException {
        return rows(connection, sql).getFirst().getFirst();
    }
}
