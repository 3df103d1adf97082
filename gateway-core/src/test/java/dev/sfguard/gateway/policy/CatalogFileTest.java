package dev.sfguard.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sfguard.gateway.identity.Identity.Kind;
import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.sql.Catalog.Column;
import dev.sfguard.gateway.sql.ObjectName;
import dev.sfguard.gateway.yaml.YamlProblems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The files that a policy is tried with: catalogs and examples.
class CatalogFileTest {
    @TempDir private Path folder;

    @Test
    void a_catalog_folds_names_as_Snowflake_does() throws Exception {
        var catalog =
                CatalogFile.read(
                        file(
                                """
                                version: 1
                                databases:
                                  shop:
                                    public:
                                      customers: {columns: {id: number, '"ssn"': TEXT}}
                                      rich: {kind: view, definition: create view rich as select 1}
                                """));
        assertThat(catalog.databases()).containsExactly("SHOP");
        var customers = catalog.find(new ObjectName("SHOP", "PUBLIC", "CUSTOMERS")).orElseThrow();
        assertThat(customers.kind()).isEqualTo(Catalog.Kind.TABLE);
        assertThat(customers.columns())
                .containsExactly(new Column("ID", "NUMBER"), new Column("ssn", "TEXT"));
        var rich = catalog.find(new ObjectName("SHOP", "PUBLIC", "RICH")).orElseThrow();
        assertThat(rich.definition()).isEqualTo("create view rich as select 1");
    }

    @Test
    void every_problem_of_a_catalog_has_its_place() throws Exception {
        var file =
                file(
                        """
                        version: 1
                        databases:
                          SHOP:
                            PUBLIC:
                              A: {colums: {ID: NUMBER}}
                              B: {columns: {ID: DECIMALS}}
                              b: {definition: create table b}
                              a b: {}
                        """);
        assertThatThrownBy(() -> CatalogFile.read(file))
                .isInstanceOf(YamlProblems.class)
                .hasMessageContaining("file.yaml:5:11: unknown key \"colums\"")
                .hasMessageContaining("file.yaml:6:25: \"ID\" must be a type")
                .hasMessageContaining("file.yaml:7:7: a table stands here twice: B")
                .hasMessageContaining("only a view has one")
                .hasMessageContaining("\"a b\" is not the name of a table\n      ");
    }

    @Test
    void examples_are_read_with_who_asks_and_what_is_expected() throws Exception {
        var examples =
                ExampleFile.read(
                        file(
                                """
                                - as: {user: ana@acme.io, groups: [analysts], kind: agent}
                                  sql: select ssn as x from customers
                                  expect: {verdict: allow, masked: [SHOP.PUBLIC.CUSTOMERS.SSN]}
                                - as: {user: bo}
                                  connection: prod
                                  sql: drop table t
                                  expect: {verdict: block, rule: no-drop}
                                """));
        var first = examples.getFirst();
        assertThat(first.as().kind()).isEqualTo(Kind.AGENT);
        assertThat(first.expect())
                .isEqualTo(
                        new ExampleFile.Expected(
                                Verdict.MASK,
                                Optional.empty(),
                                Optional.of(Set.of("SHOP.PUBLIC.CUSTOMERS.SSN"))));
        assertThat(examples.getLast().line()).isEqualTo(4);
        assertThat(examples.getLast().connection()).contains("prod");
    }

    @Test
    void unknown_and_missing_keys_of_examples_are_problems() throws Exception {
        var file =
                file(
                        """
                        - as: {user: ana, group: [analysts]}
                          sql: select 1
                          expect: {verdikt: allow}
                        - {as: {user: ana}, expect: {verdict: maybe}}
                        """);
        assertThatThrownBy(() -> ExampleFile.read(file))
                .isInstanceOf(YamlProblems.class)
                .hasMessageContaining("file.yaml:1:19: unknown key \"group\"")
                .hasMessageContaining("unknown key \"verdikt\"")
                .hasMessageContaining("the key \"verdict\" is missing")
                .hasMessageContaining("the key \"sql\" is missing")
                .hasMessageContaining("\"verdict\" must be allow or mask or approve or block");
    }

    @Test
    void a_file_of_examples_is_a_list_with_something_in_it() throws Exception {
        for (String text : new String[] {"", "version: 1\n", "[]\n", "- [1\n", "- &a {}\n"}) {
            var file = file(text);
            assertThatThrownBy(() -> ExampleFile.read(file)).isInstanceOf(YamlProblems.class);
        }
    }

    private Path file(String text) throws Exception {
        return Files.writeString(folder.resolve("file.yaml"), text);
    }
}
