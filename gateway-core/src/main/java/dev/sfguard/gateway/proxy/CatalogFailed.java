package dev.sfguard.gateway.proxy;

/// The catalog could not be read; the message is a clause that says why.
final class CatalogFailed extends Exception {
    private static final long serialVersionUID = 1L;

    CatalogFailed(String why) {
        super(why);
    }

    CatalogFailed(String why, Throwable cause) {
        super(why, cause);
    }
}
