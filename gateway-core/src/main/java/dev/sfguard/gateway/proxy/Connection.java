package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.sql.ObjectName;
import java.net.URI;
import java.security.PrivateKey;
import java.util.Optional;

/// A Snowflake account as the gateway reaches it, under the name that people use.
///
/// @param url `https://…`; `http://` only to loopback
/// @param account the account identifier, `xy12345.eu-central-1`
/// @param user the service user; people never see its credentials
/// @param key RSA, of the key pair that Snowflake knows the user by
/// @param maskFunction the operator's own, for masks `with: hash`: takes a value and gives a text
public record Connection(
        String name,
        URI url,
        String account,
        String user,
        PrivateKey key,
        Optional<String> warehouse,
        Optional<String> database,
        Optional<String> schema,
        Optional<ObjectName> maskFunction) {

    public Connection {
        UpstreamHttp.check(url);
    }

    /// Without a function for masks.
    public Connection(
            String name,
            URI url,
            String account,
            String user,
            PrivateKey key,
            Optional<String> warehouse,
            Optional<String> database,
            Optional<String> schema) {
        this(name, url, account, user, key, warehouse, database, schema, Optional.empty());
    }

    @Override
    public String toString() {
        return "Connection[" + name + " → " + user + "@" + account + " at " + url + "]";
    }
}
