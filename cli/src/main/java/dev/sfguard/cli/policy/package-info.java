/// Commands that try a policy before it counts: check, explain, test.
@NullMarked
package dev.sfguard.cli.policy;

import org.jspecify.annotations.NullMarked;
