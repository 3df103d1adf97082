/// Says who is asking. Knows issuers and tokens; knows no statements and no network of ours.
@NullMarked
package dev.sfguard.gateway.identity;

import org.jspecify.annotations.NullMarked;
