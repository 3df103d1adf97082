/// Prints rows: one shape of columns and cells, seven formats. Knows no Snowflake and no network.
@NullMarked
package dev.sfguard.cli.output;

import org.jspecify.annotations.NullMarked;
