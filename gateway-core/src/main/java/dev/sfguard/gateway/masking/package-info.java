/// Finds personal data and credentials in results and texts, and puts something harmless in their
/// place. Knows bytes and SQL's tokens; knows no network.
@NullMarked
package dev.sfguard.gateway.masking;

import org.jspecify.annotations.NullMarked;
