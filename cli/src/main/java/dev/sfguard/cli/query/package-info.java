/// The SQL client behind `exec` and `shell`: the vendor's driver, pointed at the agent. Runs,
/// aborts and explains a statement; knows no commands.
@NullMarked
package dev.sfguard.cli.query;

import org.jspecify.annotations.NullMarked;
