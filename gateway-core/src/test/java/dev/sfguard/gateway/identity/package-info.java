@NullMarked
package dev.sfguard.gateway.identity;

import org.jspecify.annotations.NullMarked;
