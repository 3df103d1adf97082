/// The command, run in this process.
@NullMarked
package dev.sfguard.cli;

import org.jspecify.annotations.NullMarked;
