/// Runs statements the way a Snowflake account would: sessions, roles, results, errors, on DuckDB.
@NullMarked
package dev.sfguard.sandbox.engine;

import org.jspecify.annotations.NullMarked;
