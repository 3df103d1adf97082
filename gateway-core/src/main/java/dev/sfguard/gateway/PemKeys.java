package dev.sfguard.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.List;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/// The HTTPS front's certificate and key, from PEM files as every certificate authority hands
/// them
/// out.
final class PemKeys {
    private PemKeys() {}

    /// TLS 1.2 and 1.3 with that certificate.
    ///
    /// @throws IOException when a file cannot be used; the message names it
    static SslContextFactory.Server server(GatewayConfig.HttpsFront front) throws IOException {
        var context = new SslContextFactory.Server();
        context.setKeyStore(keyStore(front.certificate(), front.key()));
        // In memory only, so it protects nothing; the store wants one.
        context.setKeyStorePassword("");
        context.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        context.setSniRequired(false);
        return context;
    }

    private static KeyStore keyStore(Path certificate, Path key) throws IOException {
        try {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            Certificate[] chain = chain(certificate).toArray(Certificate[]::new);
            store.setKeyEntry(
                    "https",
                    KeyFile.readPrivate(key, chain[0].getPublicKey().getAlgorithm()),
                    new char[0],
                    chain);
            return store;
        } catch (GeneralSecurityException failed) {
            throw new IOException(
                    certificate + " and " + key + " do not go together: " + failed.getMessage(),
                    failed);
        }
    }

    private static List<? extends Certificate> chain(Path file)
            throws IOException, GeneralSecurityException {
        try (var in = Files.newInputStream(file)) {
            var chain =
                    List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
            if (chain.isEmpty()) {
                throw new IOException(file + " holds no certificate");
            }
            return chain;
        }
    }
}
