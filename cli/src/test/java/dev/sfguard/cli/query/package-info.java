/// A scripted server for the driver to talk to.
@NullMarked
package dev.sfguard.cli.query;

import org.jspecify.annotations.NullMarked;
