@NullMarked
package dev.sfguard.agent.login;

import org.jspecify.annotations.NullMarked;
