package dev.sfguard.gateway.recording;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Where sealed parts stand: `2026-11-23/01J9…/00001.ndjson.zst`, the day being the
/// session's first.
record PartsFolder(Path root) {

    Path of(String session) {
        return root.resolve(SessionId.day(session).toString()).resolve(session);
    }

    Path file(String session, int part) {
        return SealedPart.file(of(session), part);
    }

    List<String> sessions() throws IOException {
        var sessions = new ArrayList<String>();
        for (Path day : children(root)) {
            for (Path session : children(day)) {
                String name = session.getFileName().toString();
                if (SessionId.isValid(name)) {
                    sessions.add(name);
                }
            }
        }
        return sessions;
    }

    private static List<Path> children(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var children = Files.list(folder)) {
            return children.sorted().toList();
        }
    }

    Optional<SealedPart.Header> lastHeader(String session) throws IOException {
        var last =
                children(of(session)).stream()
                        .filter(SealedPart::isPart)
                        .max(Comparator.comparingInt(SealedPart::number));
        return last.isPresent() ? Optional.of(SealedPart.header(last.get())) : Optional.empty();
    }
}
