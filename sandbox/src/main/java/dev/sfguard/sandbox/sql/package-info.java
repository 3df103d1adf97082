/// Reads Snowflake's SQL as tokens and says it again in DuckDB's dialect. Knows text; knows no
/// connection.
@NullMarked
package dev.sfguard.sandbox.sql;

import org.jspecify.annotations.NullMarked;
