package dev.sfguard.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.cli.replay.Detail;
import dev.sfguard.cli.replay.Player;
import dev.sfguard.cli.replay.ReplayText;
import dev.sfguard.gateway.recording.RecordingDamaged;
import dev.sfguard.gateway.recording.RecordingReader;
import dev.sfguard.gateway.recording.RecordingsFolder;
import dev.sfguard.gateway.recording.RedactedLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jline.terminal.TerminalBuilder;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Replays a recording: on a terminal as it happened, elsewhere as text.
@picocli.CommandLine.Command(
        name = "replay",
        description = "Replay a recording from the gateway, or from files without one.",
        footer = {
            "",
            "Keys: space pauses, arrows seek, + - speed, n p statement, b next blocked or held,",
            "/ search, q quit.",
            "",
            "Example: sfguard replay last",
            "         sfguard replay 01J9ZQ6Y4T8X2M5V7K3N1B0CDE --speed 4 --idle-limit 1h",
            "         sfguard replay /var/lib/sfguard/recordings --text"
        })
final class ReplayCommand implements Command {
    private static final String ID = "[0-7][0-9A-HJKMNP-TV-Z]{25}";
    private static final String LAST = "last";
    private static final ObjectMapper JSON = new ObjectMapper();

    @Parameters(
            paramLabel = "ID|last|FILE|FOLDER",
            description =
                    "A session's id or the newest that you may read, a file of stored events or a"
                            + " sealed part, or a folder of a gateway's recordings, journal"
                            + " included.")
    private String what = "";

    @Option(names = "--speed", paramLabel = "N", description = "N times as fast. Default: 1.")
    private double speed = 1;

    @Option(
            names = "--idle-limit",
            paramLabel = "TIME",
            description = "Cut longer pauses to this: 500ms, 2s, 1h. Default: 3s.")
    private String idleLimit = "3s";

    @Option(
            names = "--statement",
            paramLabel = "N",
            description = "Begin at this statement; as text, show it alone.")
    private long statement;

    @Option(names = "--text", description = "Print all at once.")
    private boolean text;

    @Option(names = "--raw", description = "Print the stored events as NDJSON.")
    private boolean raw;

    private final GatewayApi api;

    ReplayCommand(GatewayApi api) {
        this.api = api;
    }

    @Override
    public ExitCode run(Streams streams) throws Exception {
        Duration idle = idleLimit();
        if (!(speed >= 0.125 && speed <= 64)) {
            throw CliFailure.usage(
                    "--speed is " + speed + ".", "It goes from 0.125 to 64.", "Try --speed 2.");
        }
        if (statement < 0) {
            throw CliFailure.usage(
                    "--statement is " + statement + ".", "Statements count from 1.", "");
        }
        try {
            return replay(streams, idle);
        } catch (RecordingDamaged e) {
            throw new CliFailure(
                    ExitCode.INTERNAL,
                    "The recording is damaged: " + e.getMessage() + ".",
                    "It is not what the gateway wrote; what was shown before is.",
                    "Get it from the gateway again, and keep this copy for whoever looks into it.",
                    e);
        }
    }

    private ExitCode replay(Streams streams, Duration idle) throws Exception {
        Path path = Path.of(what);
        if (Files.isDirectory(path)) {
            return replayFolder(streams, path, idle);
        }
        boolean fromGateway = !Files.exists(path);
        if (fromGateway && what.equals(LAST)) {
            what = newest(streams);
        }
        if (fromGateway && !what.matches(ID)) {
            throw CliFailure.usage(
                    "There is no recording \"" + what + "\".",
                    "It is neither a file or folder here nor a session's id.",
                    "See: sfguard sessions");
        }
        try (var reader =
                fromGateway
                        ? new RecordingReader(api.open(streams, "/v1/sessions/" + what + "/events"))
                        : new RecordingReader(path)) {
            show(streams, reader, idle);
        }
        return ExitCode.DONE;
    }

    private String newest(Streams streams) throws Exception {
        try (var answer = api.open(streams, "/v1/sessions?limit=1")) {
            String id = JSON.readTree(answer).path(0).path("id").asText();
            if (!id.matches(ID)) {
                throw CliFailure.usage(
                        "There is no session yet.",
                        "Nothing that you may read was recorded.",
                        "Record one: sfguard exec CONNECTION -q \"select 1\"");
            }
            return id;
        }
    }

    private ExitCode replayFolder(Streams streams, Path folder, Duration idle) throws Exception {
        try (var recordings = RecordingsFolder.open(folder)) {
            if (recordings.size() == 0) {
                throw CliFailure.usage(
                        "There is no recording in " + folder + ".",
                        "It has neither sealed parts (00001.ndjson.zst) nor files *.ndjson nor"
                                + " *.journal.",
                        "Name a folder of the gateway's recordings, or a file.");
            }
            nameTorn(streams, recordings.torn());
            for (int i = 0; i < recordings.size(); i++) {
                try (var reader = recordings.reader(i)) {
                    show(streams, reader, idle);
                }
            }
        }
        return ExitCode.DONE;
    }

    private static void nameTorn(Streams streams, List<String> torn) {
        for (String place : torn) {
            streams.err()
                    .println(
                            "sfguard: There is no whole line in "
                                    + place
                                    + ": what a crash cut off before it was acknowledged, or what"
                                    + " a running gateway is writing now. It is left out.");
        }
    }

    private void show(Streams streams, RecordingReader reader, Duration idle) throws Exception {
        if (reader.isRedacted()) {
            streams.err()
                    .println(
                            "This copy is redacted for you: what it holds was changed, so its chain"
                                    + " of hashes cannot be checked. Members of raw_readers get it"
                                    + " as it was.");
        }
        if (raw) {
            printRaw(streams, reader);
        } else if (text || !streams.terminals().out() || !streams.terminals().in()) {
            printText(streams, reader);
        } else {
            play(reader, new Player.Manner(speed, idle, statement, Detail.SHORT));
        }
    }

    private void printRaw(Streams streams, RecordingReader reader) throws IOException {
        if (reader.isRedacted()) {
            // So that a file of it says so as well.
            streams.out().writeBytes(RedactedLines.mark());
            streams.out().write('\n');
        }
        for (var line = reader.nextLine(); line.isPresent(); line = reader.nextLine()) {
            streams.out().writeBytes(line.get());
            streams.out().write('\n');
        }
    }

    private void printText(Streams streams, RecordingReader reader) throws IOException {
        var detail = streams.manner().verbose() ? Detail.ALL : Detail.SHORT;
        int width = streams.terminals().out() ? terminalWidth() : Integer.MAX_VALUE;
        new ReplayText(streams.out(), detail, width).print(reader, statement);
    }

    private static int terminalWidth() throws IOException {
        try (var terminal = TerminalBuilder.terminal()) {
            int columns = terminal.getSize().getColumns();
            return columns > 20 ? columns : Integer.MAX_VALUE;
        }
    }

    private void play(RecordingReader reader, Player.Manner manner) throws IOException {
        try (var terminal = TerminalBuilder.terminal()) {
            if (!Player.play(terminal, reader, manner)) {
                throw CliFailure.usage(
                        "The recording has no statement " + statement + ".",
                        "Statements count from 1.",
                        "See: sfguard sessions " + what);
            }
        }
    }

    private Duration idleLimit() {
        var unit = java.util.regex.Pattern.compile("(\\d{1,9})(ms|s|m|h)").matcher(idleLimit);
        if (!unit.matches()) {
            throw CliFailure.usage(
                    "--idle-limit is " + idleLimit + ".",
                    "It takes a number and ms, s, m or h.",
                    "Try --idle-limit 2s.");
        }
        long number = Long.parseLong(unit.group(1));
        return switch (unit.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }
}
