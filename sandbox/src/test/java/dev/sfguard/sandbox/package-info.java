/// The sandbox, asked by the vendor's own driver.
@NullMarked
package dev.sfguard.sandbox;

import org.jspecify.annotations.NullMarked;
