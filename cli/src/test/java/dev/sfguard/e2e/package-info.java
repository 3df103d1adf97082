/// The whole product with real drivers: sandbox, issuer, gateway and agent, as their users meet
/// them.
@NullMarked
package dev.sfguard.e2e;

import org.jspecify.annotations.NullMarked;
