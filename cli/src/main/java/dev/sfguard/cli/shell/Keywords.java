package dev.sfguard.cli.shell;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Words of Snowflake's SQL that are colored and completed.
final class Keywords {
    static final List<String> ALL =
            List.of(
                    """
                    ACCOUNT ALL ALTER AND ANY AS ASC AT BEFORE BEGIN BETWEEN BY CALL CASE CAST CHANGES CLONE
                    CLUSTER COLUMN COLUMNS COMMENT COMMIT CONNECT COPY CREATE CROSS CUBE CURRENT DATABASE
                    DATABASES DEFAULT DELETE DESC DESCRIBE DISTINCT DROP ELSE END EXCEPT EXECUTE EXISTS
                    EXPLAIN EXTERNAL FALSE FETCH FILE FIRST FLATTEN FOLLOWING FOR FORMAT FROM FULL FUNCTION
                    GET GRANT GROUP GROUPING HAVING IDENTIFIER IF ILIKE IN INNER INSERT INTERSECT INTO IS
                    JOIN LAST LATERAL LEFT LIKE LIMIT LIST MASKING MATCHED MATERIALIZED MERGE MINUS NATURAL
                    NOT NULL NULLS OBJECTS OF OFFSET ON OR ORDER OUTER OVER OVERWRITE PARTITION PIVOT POLICY
                    PRECEDING PRIMARY PROCEDURE PUT QUALIFY RECURSIVE REGEXP REMOVE RENAME REPLACE RETURNS
                    REVOKE RIGHT RLIKE ROLE ROLES ROLLBACK ROLLUP ROW ROWS SAMPLE SCHEMA SCHEMAS SECURE
                    SELECT SEQUENCE SESSION SET SETS SHOW STAGE STREAM TABLE TABLES TABLESAMPLE TASK
                    TEMPORARY THEN TO TRANSACTION TRANSIENT TRUE TRUNCATE UNDROP UNION UNIQUE UNPIVOT UNSET
                    UPDATE USE USING VALUES VIEW VIEWS WAREHOUSE WAREHOUSES WHEN WHERE WINDOW WITH
                    """
                            .strip()
                            .split("\\s+", -1));

    private static final Set<String> SET = Set.copyOf(ALL);

    private Keywords() {}

    static boolean contains(String word) {
        return SET.contains(word.toUpperCase(Locale.ROOT));
    }
}
