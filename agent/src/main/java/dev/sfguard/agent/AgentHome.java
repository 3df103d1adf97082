package dev.sfguard.agent;

import dev.sfguard.gateway.identity.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The folder of one person's keys, certificate, tokens and agent. The folder is 0700, its files
/// are 0600; files are replaced as a whole or not at all.
public final class AgentHome {
    /// The names that OpenSSH looks for: `ssh -i id` finds the certificate beside the key.
    static final String KEY = "id";

    static final String PUBLIC_KEY = "id.pub";
    static final String CERTIFICATE = "id-cert.pub";
    static final String REFRESH_TOKEN = "refresh-token";
    static final String PROFILE = "profile.json";
    static final String KNOWN_GATEWAY = "gateway";
    public static final String LOG = "agent.log";

    /// The kernel's limit for the path of a unix socket is 108 bytes, 104 on macOS.
    private static final int LONGEST_SOCKET = 100;

    private final Path folder;

    private AgentHome(Path folder) {
        this.folder = folder;
    }

    /// `SFGUARD_HOME`, else `sfguard` in the XDG state folder.
    ///
    /// @param userHome where `.local/state` is looked for
    public static AgentHome resolve(Map<String, String> environment, Path userHome) {
        return variable(environment, "SFGUARD_HOME")
                .map(Path::of)
                .map(AgentHome::of)
                .orElseGet(
                        () ->
                                of(
                                        variable(environment, "XDG_STATE_HOME")
                                                .map(Path::of)
                                                .orElse(userHome.resolve(".local/state"))
                                                .resolve("sfguard")));
    }

    public static AgentHome of(Path folder) {
        return new AgentHome(folder.toAbsolutePath().normalize());
    }

    private static Optional<String> variable(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    public Path folder() {
        return folder;
    }

    public Path file(String name) {
        return folder.resolve(name);
    }

    /// Who is signed in; empty when nobody is.
    ///
    /// @throws IOException when the file is damaged
    public Optional<Profile> profile() throws IOException {
        var text = read(PROFILE);
        try {
            return text.map(Profile::parse);
        } catch (IllegalArgumentException damaged) {
            throw new IOException(
                    file(PROFILE) + " cannot be used: " + damaged.getMessage(), damaged);
        }
    }

    /// @throws AgentFailure.LoginNeeded when nobody is signed in
    public Profile requireProfile() throws IOException {
        return profile().orElseThrow(() -> new AgentFailure.LoginNeeded("nobody is signed in"));
    }

    public void save(Profile profile) throws IOException {
        write(PROFILE, profile.toJson());
        write(KNOWN_GATEWAY, profile.gateway() + "\n");
    }

    /// The gateway of the last login, with its host key; stays after a logout.
    public Optional<GatewayAddress> knownGateway() throws IOException {
        try {
            return read(KNOWN_GATEWAY).map(String::strip).map(GatewayAddress::parse);
        } catch (IllegalArgumentException damaged) {
            throw new IOException(
                    file(KNOWN_GATEWAY) + " cannot be used: " + damaged.getMessage(), damaged);
        }
    }

    public Optional<Secret> refreshToken() throws IOException {
        return read(REFRESH_TOKEN).map(String::strip).map(Secret::of);
    }

    public void saveRefreshToken(Optional<Secret> token) throws IOException {
        if (token.isPresent()) {
            write(REFRESH_TOKEN, token.get().reveal());
        } else {
            Files.deleteIfExists(file(REFRESH_TOKEN));
        }
    }

    public Optional<Secret> key() throws IOException {
        return read(KEY).map(Secret::of);
    }

    public Optional<String> certificate() throws IOException {
        return read(CERTIFICATE).map(String::strip);
    }

    /// @param openSshKey the private key in OpenSSH's format
    public void saveKeys(Secret openSshKey, String publicKey, String certificate)
            throws IOException {
        write(KEY, openSshKey.reveal());
        write(PUBLIC_KEY, publicKey + "\n");
        write(CERTIFICATE, certificate + "\n");
    }

    /// Removes keys, certificate and tokens. The gateway's address and host key stay.
    public void signOut() throws IOException {
        for (var name : List.of(REFRESH_TOKEN, KEY, CERTIFICATE, PUBLIC_KEY, PROFILE)) {
            Files.deleteIfExists(file(name));
        }
    }

    public Optional<String> read(String name) throws IOException {
        try {
            return Optional.of(Files.readString(file(name)));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    /// Replaces a file as a whole: after a crash there is the old one or the new one.
    public void write(String name, String text) throws IOException {
        create();
        var temporary =
                Files.createTempFile(
                        folder,
                        "." + name,
                        ".new",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        try {
            try (var channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                var bytes = StandardCharsets.UTF_8.encode(text);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(temporary, file(name), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /// Makes the folder, or closes it to others.
    public void create() throws IOException {
        privateFolder(folder);
    }

    private static void privateFolder(Path path) throws IOException {
        var mine = PosixFilePermissions.fromString("rwx------");
        if (!Files.isDirectory(path)) {
            var parent = path.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.createDirectories(path, PosixFilePermissions.asFileAttribute(mine));
        }
        if (!Files.getPosixFilePermissions(path).equals(mine)) {
            Files.setPosixFilePermissions(path, mine);
        }
    }

    /// Where a unix socket of this home lies: in the folder, or, where that path is too long for
    /// the kernel, in a private folder beneath the temporary one.
    public Path socket(String name) throws IOException {
        Path near = file(name);
        if (near.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_SOCKET) {
            return near;
        }
        var far = Path.of(System.getProperty("java.io.tmpdir"), "sfguard-" + hash());
        privateFolder(far);
        // In a shared folder somebody else may have been first.
        if (!Files.getOwner(far).equals(Files.getOwner(existing()))) {
            throw new IOException(
                    far + " belongs to somebody else; set SFGUARD_HOME to a short path");
        }
        return far.resolve(name);
    }

    private Path existing() throws IOException {
        create();
        return folder;
    }

    private String hash() {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(folder.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// Runs something that only one process at a time may do in this home.
    public <T> T alone(String lock, Action<T> action) throws IOException {
        create();
        try (var channel =
                        FileChannel.open(
                                file(lock), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var held = channel.lock()) {
            if (!held.isValid()) {
                throw new IOException(file(lock) + " could not be locked");
            }
            return action.run();
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /// What {@link #alone} runs.
    @FunctionalInterface
    public interface Action<T> {
        T run() throws IOException;
    }
}
