/// Signs in and connects: who, where, and the agent that carries the bytes.
@NullMarked
package dev.sfguard.cli.connect;

import org.jspecify.annotations.NullMarked;
