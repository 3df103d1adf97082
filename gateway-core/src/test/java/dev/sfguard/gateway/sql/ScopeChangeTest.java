package dev.sfguard.gateway.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where names are looked up after a statement, from SHOP.PUBLIC.
class ScopeChangeTest {
    private static final NameScope BEFORE = new NameScope("SHOP", "PUBLIC");

    private static Optional<NameScope> after(String sql) {
        var statement = new Statement(sql, 0);
        return ScopeChange.after(statement, new Analyzer().analyze(statement, BEFORE, Catalog.EMPTY), BEFORE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "use schema x                        | SHOP  | X",
                "USE SCHEMA other.x                  | OTHER | X",
                "use schema \"x y\"                  | SHOP  | x y",
                "use database other                  | OTHER | PUBLIC",
                "use other                           | OTHER | PUBLIC",
                "use other.x                         | OTHER | X",
                "use schema.x                        | SCHEMA | X",
                "use /* SCHEMA a */ other.x          | OTHER | X",
                "create schema x                     | SHOP  | X",
                "create or replace transient schema other.x | OTHER | X",
                "create database other               | OTHER | PUBLIC",
                "create database other clone shop    | OTHER | PUBLIC",
                "drop schema x                       | SHOP  | PUBLIC",
                "drop schema other.public            | SHOP  | PUBLIC",
                "drop schema if exists public        | SHOP  | NULL",
                "drop schema shop.public cascade     | SHOP  | NULL",
                "drop database shop                  | NULL  | NULL",
                "drop database other                 | SHOP  | PUBLIC",
            },
            nullValues = "NULL")
    void changes_of_the_present_schema_are_foreseen(String sql, String database, String schema) {
        assertThat(after(sql)).contains(new NameScope(database, schema));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1",
                "use warehouse wh",
                "use role analyst",
                "use secondary roles none",
                "create table x.y (a int)",
                "create database role r",
                "drop database role r",
                "drop table t",
                "alter table t rename to s",
                "alter schema x set comment = 'y'",
                "insert into t select 1",
                "begin",
                "alter session set timezone = 'UTC'",
            })
    void other_statements_leave_it(String sql) {
        assertThat(after(sql)).contains(BEFORE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "use identifier('x')",
                "use schema identifier($s)",
                "use schema a.b.c",
                "use schema",
                "create schema if not exists x",
                "create database if not exists x",
                "create schema identifier('x')",
                "undrop schema x",
                "undrop database x",
                "alter schema public rename to y",
                "alter database shop swap with other",
                "drop schema identifier('public')",
                "begin use schema x; end",
                "call p()",
                "execute immediate 'use schema x'",
                "use schema x ->> select 1",
                "wipe everything",
                "select 'open",
            })
    void what_cannot_be_foreseen_is_unknown(String sql) {
        assertThat(after(sql)).isEmpty();
    }

    @Test
    void without_a_database_a_schema_alone_is_nowhere() {
        var use = new Statement("use schema x", 0);
        assertThat(ScopeChange.after(use, new Analyzer().analyze(use, BEFORE, Catalog.EMPTY), NameScope.NONE)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "select * from a.b.c                 | A",
                "select * from \"a x\" . b . c d     | a x",
                "select * from a..c                  | A",
                "select t.v.w.x from b.t             | T",
                "select 'x.y.z' -- q.w.e             | NULL",
                "select a.b from c.d                 | NULL",
                "select 1.5.6                        | NULL",
            },
            nullValues = "NULL")
    void databases_are_the_first_parts_of_long_names(String sql, String database) {
        assertThat(NamedDatabases.in(sql))
                .isEqualTo(database == null ? java.util.Set.of() : java.util.Set.of(database));
    }
}
