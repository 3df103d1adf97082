/// Keeps the house: who may import whom.
@NullMarked
package dev.sfguard.house;

import org.jspecify.annotations.NullMarked;
