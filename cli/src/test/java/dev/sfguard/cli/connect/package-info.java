@NullMarked
package dev.sfguard.cli.connect;

import org.jspecify.annotations.NullMarked;
