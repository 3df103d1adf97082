package dev.sfguard.gateway.proxy;

import java.net.URI;
import java.security.PrivateKey;
import java.util.Optional;

/// A Snowflake account as the gateway reaches it, under the name that people use.
///
/// @param url `https://…`; `http://` only to loopback
/// @param account the account identifier, `xy12345.eu-central-1`
/// @param user the service user; people never see its credentials
/// @param key RSA, of the key pair that Snowflake knows the user by
public record Connection(
        String name,
        URI url,
        String account,
        String user,
        PrivateKey key,
        Optional<String> warehouse,
        Optional<String> database,
        Optional<String> schema) {

    public Connection {
        UpstreamHttp.check(url);
    }

    @Override
    public String toString() {
        return "Connection[" + name + " → " + user + "@" + account + " at " + url + "]";
    }
}
