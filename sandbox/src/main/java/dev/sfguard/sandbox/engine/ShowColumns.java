package dev.sfguard.sandbox.engine;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The columns of each SHOW, in the order of Snowflake's manual.
enum ShowColumns {
    TABLES(
            "created_on name database_name schema_name kind comment cluster_by rows bytes owner"
                    + " retention_time"),
    OBJECTS(
            "created_on name database_name schema_name kind comment cluster_by rows bytes owner"
                    + " retention_time"),
    VIEWS(
            "created_on name reserved database_name schema_name owner comment text is_secure"
                    + " is_materialized"),
    COLUMNS(
            "table_name schema_name column_name data_type null? default kind expression comment"
                    + " database_name autoincrement"),
    SCHEMAS(
            "created_on name is_default is_current database_name owner comment options"
                    + " retention_time"),
    DATABASES(
            "created_on name is_default is_current origin owner comment options retention_time"
                    + " kind"),
    WAREHOUSES(
            "name state type size min_cluster_count max_cluster_count started_clusters running"
                    + " queued is_default is_current auto_suspend auto_resume available"
                    + " provisioning quiescing other created_on resumed_on updated_on owner"
                    + " comment"),
    ROLES(
            "created_on name is_default is_current is_inherited assigned_to_users"
                    + " granted_to_roles granted_roles owner comment"),
    GRANTS_TO_ROLE(
            "created_on privilege granted_on name granted_to grantee_name grant_option granted_by"),
    GRANTS_TO_USER("created_on role granted_to grantee_name granted_by"),
    PARAMETERS("key value default level description type"),
    VARIABLES("session_id created_on updated_on name value type comment"),
    PRIMARY_KEYS(
            "created_on database_name schema_name table_name column_name key_sequence"
                    + " constraint_name rely comment"),
    UNIQUE_KEYS(
            "created_on database_name schema_name table_name column_name key_sequence"
                    + " constraint_name rely comment"),
    FOREIGN_KEYS(
            "created_on pk_database_name pk_schema_name pk_table_name pk_column_name"
                    + " fk_database_name fk_schema_name fk_table_name fk_column_name key_sequence"
                    + " update_rule delete_rule fk_name pk_name deferrability rely comment"),
    FUNCTIONS(
            "created_on name schema_name is_builtin is_aggregate is_ansi min_num_arguments"
                    + " max_num_arguments arguments description catalog_name is_table_function"
                    + " valid_for_clustering is_secure"),
    STAGES(
            "created_on name database_name schema_name url has_credentials"
                    + " has_encryption_key owner comment region type"),
    SEQUENCES("name database_name schema_name next_value interval created_on owner comment");

    private final String names;

    ShowColumns(String names) {
        this.names = names;
    }

    private static Column column(String name) {
        return name.endsWith("_on") && !name.equals("granted_on")
                ? Column.of(name, "timestamp_ltz")
                : Column.text(name);
    }

    Result of(List<@Nullable String[]> rows) {
        List<Column> columns =
                Arrays.stream(names.split(" ", -1)).map(ShowColumns::column).toList();
        return Result.of(Result.SHOW, columns, rows);
    }
}
