/// The sfguard command: one class a command, one printer of errors, one table of exit codes.
@NullMarked
package dev.sfguard.cli;

import org.jspecify.annotations.NullMarked;
