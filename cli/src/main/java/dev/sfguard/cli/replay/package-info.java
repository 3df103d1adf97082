/// Plays recordings. Knows events and screens; knows no network.
@NullMarked
package dev.sfguard.cli.replay;

import org.jspecify.annotations.NullMarked;
