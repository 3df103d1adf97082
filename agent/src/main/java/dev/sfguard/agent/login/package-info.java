/// Signs in: asks the issuer for tokens, trades them for a certificate at the gateway, renews both.
@NullMarked
package dev.sfguard.agent.login;

import org.jspecify.annotations.NullMarked;
