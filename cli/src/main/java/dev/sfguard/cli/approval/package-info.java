/// Held statements: lists, shows, answers and watches them, and tells who waits. Knows no SQL
/// client.
@NullMarked
package dev.sfguard.cli.approval;

import org.jspecify.annotations.NullMarked;
