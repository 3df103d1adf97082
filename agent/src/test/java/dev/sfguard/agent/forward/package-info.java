@NullMarked
package dev.sfguard.agent.forward;

import org.jspecify.annotations.NullMarked;
