/// Reads YAML with the place of every value, so that each problem points at its line.
@NullMarked
package dev.sfguard.gateway.yaml;

import org.jspecify.annotations.NullMarked;
