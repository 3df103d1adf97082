/// Speaks the HTTP protocol of Snowflake's drivers: login, tokens, queries, polls, chunks.
@NullMarked
package dev.sfguard.sandbox.protocol;

import org.jspecify.annotations.NullMarked;
