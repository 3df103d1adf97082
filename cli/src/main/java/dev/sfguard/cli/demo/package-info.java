/// A whole sfguard on one machine: a warehouse to practise on, an issuer, a gateway, three
/// people.
@NullMarked
package dev.sfguard.cli.demo;

import org.jspecify.annotations.NullMarked;
