@NullMarked
package dev.sfguard.agent;

import org.jspecify.annotations.NullMarked;
