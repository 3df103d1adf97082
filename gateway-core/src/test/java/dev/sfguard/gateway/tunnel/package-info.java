@NullMarked
package dev.sfguard.gateway.tunnel;

import org.jspecify.annotations.NullMarked;
