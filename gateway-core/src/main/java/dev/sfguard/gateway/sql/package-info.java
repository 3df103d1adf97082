/// Reads Snowflake's SQL. Knows text; knows no people, no policy and no server.
@NullMarked
package dev.sfguard.gateway.sql;

import org.jspecify.annotations.NullMarked;
