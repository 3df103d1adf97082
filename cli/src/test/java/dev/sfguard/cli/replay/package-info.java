/// Replays what a gateway recorded.
@NullMarked
package dev.sfguard.cli.replay;

import org.jspecify.annotations.NullMarked;
