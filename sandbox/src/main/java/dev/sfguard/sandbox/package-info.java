/// A Snowflake to practise on. Imports nothing of sfguard: an opponent that shares our code shares
/// our mistakes.
@NullMarked
package dev.sfguard.sandbox;

import org.jspecify.annotations.NullMarked;
