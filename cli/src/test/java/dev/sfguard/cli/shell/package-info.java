/// The shell, driven as a user would.
@NullMarked
package dev.sfguard.cli.shell;

import org.jspecify.annotations.NullMarked;
