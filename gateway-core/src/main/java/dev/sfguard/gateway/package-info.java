/// Puts the gateway together from its parts, and reads its configuration.
@NullMarked
package dev.sfguard.gateway;

import org.jspecify.annotations.NullMarked;
