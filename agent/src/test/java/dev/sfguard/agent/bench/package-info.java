/// Parts of the tunnel by themselves, for the benchmark: bytes without HTTP, and crowds.
@NullMarked
package dev.sfguard.agent.bench;

import org.jspecify.annotations.NullMarked;
