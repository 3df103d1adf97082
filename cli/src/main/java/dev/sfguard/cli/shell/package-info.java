/// Interactive SQL on a terminal. Knows how a dialogue goes; runs nothing itself.
@NullMarked
package dev.sfguard.cli.shell;

import org.jspecify.annotations.NullMarked;
