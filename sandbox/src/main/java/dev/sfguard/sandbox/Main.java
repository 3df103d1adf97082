package dev.sfguard.sandbox;

import dev.sfguard.sandbox.issuer.DevIssuer;
import dev.sfguard.sandbox.issuer.DevIssuerSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/// Starts the sandbox as a process: a Snowflake account and an OIDC issuer for the demo's people,
/// both on loopback. Prints one line of JSON on stdout when both answer, and runs until it
/// is ended.
public final class Main {
    private static final String USAGE =
            """
            usage: sandbox --public-key FILE [options]
              --public-key FILE   PEM of the key that user SFGUARD logs in with
              --port N            of the Snowflake account (default 0: a free one)
              --issuer-port N     of the OIDC issuer (default 0: a free one)
              --account NAME      of the Snowflake account (default SANDBOX)
              --dir DIR           where received.ndjson is written
              --log FILE          the same, under another name
            """;

    private static final Set<String> OPTIONS =
            Set.of("--public-key", "--port", "--issuer-port", "--account", "--dir", "--log");

    private Main() {}

    /// What is wrong with the command line or the files it names.
    private static final class Unusable extends Exception {
        private static final long serialVersionUID = 1;
        private final String problem;

        Unusable(String problem) {
            super(problem);
            this.problem = problem;
        }
    }

    public static void main(String[] arguments) throws InterruptedException {
        try {
            Map<String, String> options = options(arguments);
            var issuerSettings = DevIssuerSettings.demo().withPort(port(options, "--issuer-port"));
            try (var server = SnowflakeServer.start(settings(options));
                    var issuer = DevIssuer.start(issuerSettings)) {
                print(System.out, server, issuer);
                new CountDownLatch(1).await();
            }
        } catch (Unusable e) {
            System.err.println(e.problem);
            System.err.print(USAGE);
            System.exit(2);
        } catch (IOException e) {
            System.err.println("The sandbox did not start: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void print(PrintStream out, SnowflakeServer server, DevIssuer issuer) {
        out.println("{\"port\":%d,\"issuer\":\"%s\"}".formatted(server.port(), issuer.uri()));
        out.flush();
    }

    private static Map<String, String> options(String[] arguments) throws Unusable {
        var options = new HashMap<String, String>();
        for (int i = 0; i < arguments.length; i += 2) {
            if (!OPTIONS.contains(arguments[i])) {
                throw new Unusable("unknown option " + arguments[i]);
            }
            if (i + 1 == arguments.length) {
                throw new Unusable(arguments[i] + " needs a value");
            }
            options.put(arguments[i], arguments[i + 1]);
        }
        return options;
    }

    private static SandboxSettings settings(Map<String, String> options)
            throws Unusable, IOException {
        String key = options.get("--public-key");
        if (key == null) {
            throw new Unusable("--public-key is missing: without it nobody could log in");
        }
        var settings =
                SandboxSettings.of(publicKey(Path.of(key)))
                        .withPort(port(options, "--port"))
                        .withAccount(options.getOrDefault("--account", "SANDBOX"));
        String folder = options.get("--dir");
        String log = options.get("--log");
        if (folder != null) {
            Files.createDirectories(Path.of(folder));
            settings = settings.withLog(Path.of(folder, "received.ndjson"));
        }
        return log == null ? settings : settings.withLog(Path.of(log));
    }

    private static int port(Map<String, String> options, String name) throws Unusable {
        String port = options.getOrDefault(name, "0");
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > 65_535) {
            throw new Unusable(name + " must be 0 to 65535, and is " + port);
        }
        return Integer.parseInt(port);
    }

    private static PublicKey publicKey(Path file) throws Unusable, IOException {
        String pem = Files.readString(file, StandardCharsets.US_ASCII);
        String base64 = pem.replaceAll("-----[A-Z ]+-----|\\s", "");
        try {
            var encoded = new X509EncodedKeySpec(Base64.getDecoder().decode(base64));
            return KeyFactory.getInstance("RSA").generatePublic(encoded);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new Unusable(
                    file + " holds no RSA public key in PEM (-----BEGIN PUBLIC KEY-----)");
        }
    }
}
