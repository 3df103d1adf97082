/// The gateway's own commands: write its folder, check it, run it.
@NullMarked
package dev.sfguard.cli.gateway;

import org.jspecify.annotations.NullMarked;
