package dev.sfguard.gateway.store;

import java.io.IOException;

/// The store could not be read or written. What was asked for did not happen.
public final class StoreFailed extends IOException {
    private static final long serialVersionUID = 1L;

    StoreFailed(String what, Throwable cause) {
        super(what, cause);
    }
}
