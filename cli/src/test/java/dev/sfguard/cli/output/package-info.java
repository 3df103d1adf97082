/// The printers, by their output.
@NullMarked
package dev.sfguard.cli.output;

import org.jspecify.annotations.NullMarked;
