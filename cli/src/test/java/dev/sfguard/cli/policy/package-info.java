/// Tests of the policy commands.
@NullMarked
package dev.sfguard.cli.policy;

import org.jspecify.annotations.NullMarked;
