package dev.sfguard.gateway.yaml;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/// One YAML file whose root is a mapping. Reading goes on after a problem; {@link #finish()}
/// throws all of them at once:
///
/// ```java
/// var document = YamlDocument.read(path);
/// var root = document.root();
/// String account = root.text("account");
/// root.finish();
/// document.finish();
/// ```
public final class YamlDocument {
    /// No file that people write is longer.
    private static final int LONGEST = 1 << 20;

    private final YamlSource source;
    private final YamlMapping root;

    private YamlDocument(YamlSource source, YamlMapping root) {
        this.source = source;
        this.root = root;
    }

    /// @throws YamlProblems when the file cannot be read, is longer than 1 MiB, is not UTF-8,
    ///     or is no YAML of one mapping without anchors
    public static YamlDocument read(Path file) throws YamlProblems {
        return parse(file.getFileName().toString(), bytes(file));
    }

    /// The same for a text that is in memory already; `name` stands in the problems.
    public static YamlDocument parse(String name, byte[] content) throws YamlProblems {
        var source = source(name, content);
        var root = root(source);
        if (!(root instanceof Node.Entries entries)) {
            throw source.stop(root.place(), "expected keys and values, found " + root.describe());
        }
        return new YamlDocument(source, new YamlMapping(source, entries, "the file"));
    }

    /// Reads a file whose root is a list: the document's root then has it under this one key.
    public static YamlDocument readList(Path file, String key) throws YamlProblems {
        var source = source(file.getFileName().toString(), bytes(file));
        var root = root(source);
        if (!(root instanceof Node.Items items)) {
            throw source.stop(root.place(), "expected a list, found " + root.describe());
        }
        var entry = new Node.Entry(new Node.Scalar(key, false, items.place()), items);
        var entries = new Node.Entries(List.of(entry), items.place());
        return new YamlDocument(source, new YamlMapping(source, entries, "the file"));
    }

    private static Node root(YamlSource source) throws YamlProblems {
        var root = NodeReader.read(source);
        if (root.isEmpty()) {
            throw unreadable(source.file(), "the file is empty");
        }
        return root.get();
    }

    private static YamlSource source(String name, byte[] content) throws YamlProblems {
        if (content.length > LONGEST) {
            throw unreadable(name, "longer than 1 MiB");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
        } catch (CharacterCodingException _) {
            throw unreadable(name, "not UTF-8");
        }
        return new YamlSource(name, text);
    }

    /// @throws YamlProblems in the same form as every other problem of a file
    public static byte[] bytes(Path file) throws YamlProblems {
        String name = file.getFileName().toString();
        try {
            if (Files.size(file) > LONGEST) {
                throw unreadable(name, "longer than 1 MiB");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException _) {
            throw unreadable(name, "no such file: " + file);
        } catch (IOException e) {
            throw unreadable(name, "cannot be read: " + e.getMessage());
        }
    }

    private static YamlProblems unreadable(String name, String message) {
        return new YamlProblems(List.of(new Problem(name, 0, 0, message, "")));
    }

    public YamlMapping root() {
        return root;
    }

    /// @throws YamlProblems when anything was found wrong up to now
    public void finish() throws YamlProblems {
        var problems = source.problems();
        if (!problems.isEmpty()) {
            throw new YamlProblems(problems);
        }
    }
}
