/// Tests of the commands around held statements.
@NullMarked
package dev.sfguard.cli.approval;

import org.jspecify.annotations.NullMarked;
