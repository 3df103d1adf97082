package dev.sfguard.sandbox.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// TLS for a benchmark on loopback: a key and a certificate that live as long as the run. The
/// upstream and the gateway serve with the same ones, so that neither has the cheaper cipher.
///
/// @param context serves with the key and trusts its certificate alone
/// @param certificate the same in PEM
/// @param key the same in PEM, PKCS 8
record TlsKeys(SSLContext context, Path certificate, Path key) {
    private static final char[] PASSWORD = "benchmark".toCharArray();

    /// Makes a P-256 key with a certificate for 127.0.0.1.
    ///
    /// @param folder where the files go
    static TlsKeys make(Path folder) throws IOException {
        Path file = folder.resolve("tls.p12");
        keytool(file);
        try (var in = Files.newInputStream(file)) {
            var keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD);
            var manager = KeyManagerFactory.getInstance("PKIX");
            manager.init(keys, PASSWORD);
            var context = SSLContext.getInstance("TLS");
            context.init(
                    manager.getKeyManagers(),
                    trusting(keys.getCertificate("bench")).getTrustManagers(),
                    null);
            return new TlsKeys(
                    context,
                    pem(
                            folder.resolve("tls.crt"),
                            "CERTIFICATE",
                            keys.getCertificate("bench").getEncoded()),
                    pem(
                            folder.resolve("tls.key"),
                            "PRIVATE KEY",
                            keys.getKey("bench", PASSWORD).getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IOException("Cannot set up TLS for the benchmark", e);
        }
    }

    private static Path pem(Path file, String what, byte[] content) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return Files.writeString(
                file, "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n".formatted(what, body));
    }

    private static TrustManagerFactory trusting(Certificate certificate)
            throws GeneralSecurityException, IOException {
        var trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("bench", certificate);
        var manager = TrustManagerFactory.getInstance("PKIX");
        manager.init(trusted);
        return manager;
    }

    private static void keytool(Path file) throws IOException {
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        var process =
                new ProcessBuilder(
                                keytool.toString(),
                                "-genkeypair",
                                "-alias",
                                "bench",
                                "-keyalg",
                                "EC",
                                "-groupname",
                                "secp256r1",
                                "-dname",
                                "CN=127.0.0.1",
                                "-ext",
                                "san=ip:127.0.0.1",
                                "-validity",
                                "2",
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                file.toString(),
                                "-storepass",
                                new String(PASSWORD))
                        .redirectErrorStream(true)
                        .start();
        try (var out = process.inputReader()) {
            String said = String.join("\n", out.readAllLines());
            if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("keytool failed: " + said);
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }
}
