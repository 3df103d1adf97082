package dev.sfguard.cli.shell;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// The file of what was typed: for its owner's eyes only.
public final class HistoryFile {
    /// Lines with these words are not kept.
    static final String SECRETS =
            "*password*:*PASSWORD*:*Password*:*secret*:*SECRET*:*credentials*:*CREDENTIALS*"
                    + ":*private_key*:*PRIVATE_KEY*:*token*:*TOKEN*";

    private HistoryFile() {}

    /// Makes it, with mode 0600, in a folder of mode 0700.
    public static Path in(Path folder) throws IOException {
        var owner = PosixFilePermissions.fromString("rwx------");
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(owner));
        var file = folder.resolve("shell_history");
        var mode = PosixFilePermissions.fromString("rw-------");
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(mode));
        } catch (FileAlreadyExistsException kept) {
            Files.setPosixFilePermissions(file, mode);
        }
        return file;
    }
}
