/// Decides. Knows people and statements; knows no network and no clock.
@NullMarked
package dev.sfguard.gateway.policy;

import org.jspecify.annotations.NullMarked;
