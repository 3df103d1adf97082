package dev.sfguard.gateway.recording;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The recordings in a folder and all below it, read without a gateway and without changing
/// anything: sealed parts, what is still in a `journal/` (also of a gateway that runs), and files
/// of stored lines.
public final class RecordingsFolder implements AutoCloseable {
    private final List<JournalFiles> journals = new ArrayList<>();
    private final List<Entry> entries;

    /// @param name what it is sorted by: a session's id begins with its time
    private record Entry(String name, Source source) {}

    private interface Source {
        RecordingReader open() throws IOException;
    }

    private RecordingsFolder(Path folder) throws IOException {
        try {
            // Lines go from the journal into parts, never back: with the journal opened first, no
            // line can be in neither.
            for (Path journal : foldersOf(files(folder, Segment::isSegment))) {
                journals.add(JournalFiles.open(journal));
            }
            entries = entries(folder);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    public static RecordingsFolder open(Path folder) throws IOException {
        return new RecordingsFolder(folder.toRealPath());
    }

    private List<Entry> entries(Path folder) throws IOException {
        var found = new LinkedHashMap<Path, Entry>();
        for (Path parts : foldersOf(files(folder, SealedPart::isPart))) {
            found.put(parts, new Entry(nameOf(parts), () -> new RecordingReader(parts)));
        }
        for (Path file : files(folder, RecordingsFolder::isStoredLines)) {
            found.put(file, new Entry(nameOf(file), () -> new RecordingReader(file)));
        }
        for (JournalFiles journal : journals) {
            addAll(journal, found);
        }
        return found.values().stream().sorted(Comparator.comparing(Entry::name)).toList();
    }

    private static void addAll(JournalFiles journal, Map<Path, Entry> found) {
        Path all = journal.folder().resolveSibling("parts");
        boolean alone = !Files.isDirectory(all);
        for (String session : journal.sessions()) {
            Path parts = new PartsFolder(all).of(session);
            found.put(
                    parts,
                    new Entry(
                            session,
                            () -> new RecordingReader(parts, journal.lines(session), alone)));
        }
    }

    private static String nameOf(Path path) {
        return path.getFileName().toString();
    }

    private static boolean isStoredLines(Path file) {
        String name = nameOf(file);
        return name.endsWith(".ndjson") && !name.equals(SessionIndex.FILE);
    }

    private static Set<Path> foldersOf(List<Path> files) {
        var folders = new LinkedHashSet<Path>();
        files.forEach(file -> folders.add(Durably.folderOf(file)));
        return folders;
    }

    private interface Wanted {
        boolean test(Path file);
    }

    /// A running gateway renames and deletes files meanwhile: those are left out.
    private static List<Path> files(Path folder, Wanted wanted) throws IOException {
        var files = new ArrayList<Path>();
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        if (attributes.isRegularFile() && wanted.test(file)) {
                            files.add(file);
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e)
                            throws IOException {
                        if (e instanceof NoSuchFileException && !file.equals(folder)) {
                            return FileVisitResult.CONTINUE;
                        }
                        throw e;
                    }
                });
        return files;
    }

    public int size() {
        return entries.size();
    }

    /// @param index from 0, oldest session first
    public RecordingReader reader(int index) throws IOException {
        return entries.get(index).source().open();
    }

    /// Where a journal's file ends with something that is no whole line: what a crash cut off
    /// before it was acknowledged, or what a running gateway is writing now.
    public List<String> torn() {
        return journals.stream().flatMap(journal -> journal.torn().stream()).toList();
    }

    @Override
    public void close() throws IOException {
        for (JournalFiles journal : journals) {
            journal.close();
        }
    }
}
