package dev.sfguard.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Writes the folder of a new gateway: a commented configuration, a sample policy, keys, and the
/// SQL that a Snowflake administrator runs once.
///
/// @param folder where everything lies
/// @param snowflakePublicKey the service user's, as Snowflake's `RSA_PUBLIC_KEY` takes it
public record NewGateway(Path folder, String snowflakePublicKey) {
    private static final List<String> FILES =
            List.of("gateway.yaml", "policy.yaml", "policy.test.yaml", "snowflake-setup.sql");

    /// Creates everything, or nothing where one of the files exists.
    ///
    /// @param id the gateway's name
    /// @param user the Snowflake service user
    /// @throws FileAlreadyExistsException naming the first file that is in the way
    public static NewGateway create(Path folder, String id, String user) throws IOException {
        var keys = new GatewayKeys(folder.resolve("keys"));
        for (String name : FILES) {
            refuseExisting(folder.resolve(name));
        }
        refuseExisting(keys.folder());
        Files.createDirectories(folder);
        String publicKey = keys.generate();
        var values =
                Map.of(
                        "id", id,
                        "user", user,
                        "public_key", publicKey,
                        "config", folder.resolve("gateway.yaml").toString());
        for (String name : FILES) {
            Files.writeString(
                    folder.resolve(name), fill(name, values), StandardOpenOption.CREATE_NEW);
        }
        return new NewGateway(folder, publicKey);
    }

    private static void refuseExisting(Path file) throws FileAlreadyExistsException {
        if (Files.exists(file)) {
            throw new FileAlreadyExistsException(file.toString());
        }
    }

    private static String fill(String template, Map<String, String> values) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(
                        NewGateway.class.getResourceAsStream("init/" + template), template)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (var value : values.entrySet()) {
                text = text.replace("{{" + value.getKey() + "}}", value.getValue());
            }
            return text;
        }
    }
}
