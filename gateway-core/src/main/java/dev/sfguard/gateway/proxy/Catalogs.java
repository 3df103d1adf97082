package dev.sfguard.gateway.proxy;

import java.util.Map;

/// The pictures of the accounts, by connection.
record Catalogs(Map<String, AccountCatalog> byConnection) {

    Catalogs {
        byConnection = Map.copyOf(byConnection);
    }

    AccountCatalog of(Session session) {
        var catalog = byConnection.get(session.facts().connection());
        if (catalog == null) {
            throw new IllegalStateException("no catalog of " + session.facts().connection());
        }
        return catalog;
    }
}
