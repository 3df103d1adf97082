package dev.sfguard.gateway;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A self-signed TLS certificate for `localhost` and `127.0.0.1`, for demos and tests: a client
/// trusts it by naming the file.
public final class LoopbackCertificate {
    private static final Duration LIFETIME = Duration.ofDays(397);

    /// RFC 5280: a serial of up to 20 octets, positive.
    private static final int SERIAL_BITS = 120;

    private LoopbackCertificate() {}

    /// Writes `tls.crt` and `tls.key` (PEM, PKCS 8, mode 0600) into a folder.
    ///
    /// @throws java.nio.file.FileAlreadyExistsException when one of them exists
    public static void write(Path folder, Instant now) throws IOException {
        try {
            var random = new SecureRandom();
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            var pair = generator.generateKeyPair();
            var name = new X500Name("CN=localhost");
            var builder =
                    new JcaX509v3CertificateBuilder(
                            name,
                            new BigInteger(SERIAL_BITS, random).add(BigInteger.ONE),
                            Date.from(now.minus(Duration.ofMinutes(5))),
                            Date.from(now.plus(LIFETIME)),
                            name,
                            pair.getPublic());
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(
                            new GeneralName[] {
                                new GeneralName(GeneralName.dNSName, "localhost"),
                                new GeneralName(GeneralName.iPAddress, "127.0.0.1")
                            }));
            // Its own issuer: clients that name the file as their authority need it to be one.
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate());
            KeyFile.write(
                    folder.resolve("tls.crt"),
                    KeyFile.pem("CERTIFICATE", builder.build(signer).getEncoded()));
            KeyFile.write(
                    folder.resolve("tls.key"),
                    KeyFile.pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
        } catch (GeneralSecurityException | OperatorCreationException impossible) {
            throw new IllegalStateException("Every JDK has P-256", impossible);
        }
    }
}
