/// Measures. A scripted Snowflake that costs next to nothing, clients that cost little more, and
/// the benchmarks that set what stands between the two against no guard at all.
@NullMarked
package dev.sfguard.sandbox.bench;

import org.jspecify.annotations.NullMarked;
