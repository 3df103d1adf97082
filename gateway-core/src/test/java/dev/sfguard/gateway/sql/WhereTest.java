package dev.sfguard.gateway.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.gateway.sql.Analysis.Understood;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WhereTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DELETE FROM t WHERE id = 1",
                "DELETE FROM t WHERE active",
                "DELETE FROM t WHERE NOT active",
                "DELETE FROM t WHERE id IN (1, 2)",
                "DELETE FROM t WHERE id IN (SELECT id FROM s)",
                "DELETE FROM t WHERE id NOT IN (id)",
                "DELETE FROM t WHERE id = ?",
                "DELETE FROM t WHERE id = :id AND TRUE",
                "DELETE FROM t WHERE (id = 1 OR 1 = 2)",
                "DELETE FROM t WHERE v:a.b::string = 'x'",
                "DELETE FROM t WHERE \"True\" = 1",
                "DELETE FROM t WHERE UPPER(name) LIKE 'A%'",
                "DELETE FROM t WHERE d < DATEADD(day, -30, CURRENT_DATE())",
                "DELETE FROM t WHERE CASE WHEN a THEN b ELSE c END",
                "DELETE FROM t USING s WHERE id = s.id",
                "UPDATE t SET a = 1 FROM s WHERE t.id = s.id",
                "UPDATE t AS x SET a = 1 WHERE EXISTS (SELECT 1 FROM s WHERE s.id = x.id)",
                "UPDATE db.s.t SET a = (SELECT 1 WHERE TRUE) WHERE id BETWEEN 1 AND 2",
                "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE",
                "SELECT 1 FROM t WHERE id = 1 GROUP BY 1",
                "SELECT 1 FROM t WHERE id = 1 UNION ALL SELECT 2 FROM s WHERE id = 2",
                "((SELECT 1 FROM t WHERE id = 1))",
                "BEGIN DELETE FROM t WHERE id = 1; SELECT 1; END"
            })
    void a_condition_on_a_column_narrows(String sql) {
        assertThat(hasWhere(sql)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DELETE FROM t",
                "DELETE FROM t WHERE",
                "DELETE FROM t WHERE TRUE",
                "DELETE FROM t WHERE ((TRUE))",
                "DELETE FROM t WHERE 1",
                "DELETE FROM t WHERE 1 = 1",
                "DELETE FROM t WHERE 1 = 2",
                "DELETE FROM t WHERE 'a' = 'a'",
                "DELETE FROM t WHERE id = id",
                "DELETE FROM t WHERE ID = \"ID\"",
                "DELETE FROM t WHERE t.id = id",
                "DELETE FROM t WHERE id <= id",
                "DELETE FROM t WHERE id IS NOT DISTINCT FROM id",
                "DELETE FROM t WHERE EQUAL_NULL(id, id)",
                "DELETE FROM t WHERE id IN (1, id)",
                "DELETE FROM t WHERE id BETWEEN id AND id",
                "DELETE FROM t WHERE id BETWEEN id AND id AND TRUE",
                "DELETE FROM t WHERE name LIKE '%'",
                "DELETE FROM t WHERE name ILIKE '%%'",
                "DELETE FROM t WHERE id = 1 OR TRUE",
                "DELETE FROM t WHERE id = 1 OR 1 = 1 OR a = 2",
                "DELETE FROM t WHERE id = 1 OR ? = 1",
                "DELETE FROM t WHERE id = 1 OR (a = 1 OR NOT FALSE)",
                "DELETE FROM t WHERE id = 1 OR id != 1",
                "DELETE FROM t WHERE id < 1 OR id >= 1",
                "DELETE FROM t WHERE active OR NOT active",
                "DELETE FROM t WHERE id IS NOT NULL OR id IS NULL",
                "DELETE FROM t WHERE NOT (FALSE)",
                "DELETE FROM t WHERE RANDOM() > 0",
                "DELETE FROM t WHERE $x = 1",
                "DELETE FROM t WHERE 1 = 1::INT",
                "DELETE FROM t WHERE CAST(1 AS INT) = 1",
                "DELETE FROM t WHERE DATE '2026-01-01' < CURRENT_DATE",
                "DELETE FROM t WHERE s.NEXTVAL > 0",
                "DELETE FROM t WHERE EXISTS (SELECT 1)",
                "DELETE FROM t WHERE EXISTS (SELECT id FROM s WHERE id = 1)",
                "DELETE FROM t WHERE EXISTS (SELECT 1 FROM t.x)",
                "DELETE FROM t USING (SELECT id FROM s WHERE id = 1) s",
                "UPDATE t SET a = (SELECT 1 FROM s WHERE id = 1)",
                "MERGE INTO t USING s ON TRUE WHEN MATCHED THEN DELETE",
                "MERGE INTO t USING s ON t.id = t.id WHEN MATCHED THEN DELETE",
                "SELECT 1 FROM t WHERE id = 1 UNION ALL SELECT 2 FROM s",
                "SELECT 1 FROM (SELECT 1 FROM t WHERE id = 1)",
                "BEGIN DELETE FROM t WHERE id = 1; UPDATE t SET a = 1; END",
                "DROP TABLE t"
            })
    void a_condition_that_every_row_meets_is_none(String sql) {
        assertThat(hasWhere(sql)).isFalse();
    }

    private static boolean hasWhere(String sql) {
        var analysis = new Analyzer().analyze(new Statement(sql, 0));
        assertThat(analysis).isInstanceOf(Understood.class);
        return ((Understood) analysis).hasWhere();
    }
}
