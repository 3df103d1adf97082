package dev.sfguard.gateway.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FullDiskTest {
    @TempDir private Path folder;
    private final FailingDisk disk = new FailingDisk();

    private static List<String> texts(Recordings recordings, String session) throws IOException {
        var texts = new ArrayList<String>();
        try (var reader = new RecordingReader(recordings.lines(session))) {
            for (var event = reader.next(); event.isPresent(); event = reader.next()) {
                if (event.get().event() instanceof RecordingEvent.Asked asked) {
                    texts.add(asked.text());
                }
            }
        }
        return texts;
    }

    private static boolean takes(Recording recording, String text) {
        try {
            recording.append(Samples.asked(9, text));
            recording.commit();
            return true;
        } catch (RecordingFailed e) {
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = FailingDisk.Fault.class,
            names = {"FULL", "FORCE"})
    void statements_are_refused_while_the_disk_fails_and_go_on_after(FailingDisk.Fault fault)
            throws Exception {
        String id;
        try (var recordings = Recordings.open(folder, Samples.SMALL, Clock.systemUTC(), disk)) {
            id = recordings.nextSessionId();
            var recording = recordings.start(Samples.opened(id));
            assertThat(takes(recording, "before")).isTrue();

            disk.fault.set(fault);
            assertThatThrownBy(
                            () -> {
                                recording.append(Samples.asked(2, "in between"));
                                recording.commit();
                            })
                    .isInstanceOf(RecordingFailed.class)
                    .hasMessageContaining("cannot write the recording to");
            assertThat(takes(recording, "refused at once")).isFalse();
            assertThatThrownBy(() -> recordings.start(Samples.opened(recordings.nextSessionId())))
                    .isInstanceOf(RecordingFailed.class);
            assertThat(texts(recordings, id)).containsExactly("before");

            disk.fault.set(FailingDisk.Fault.NONE);
            Await.until(() -> takes(recording, "after"));
            assertThat(texts(recordings, id)).containsExactly("before", "in between", "after");
        }
        try (var recordings = Recordings.open(folder, Samples.SMALL, Clock.systemUTC())) {
            assertThat(texts(recordings, id)).containsExactly("before", "in between", "after");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = FailingDisk.Fault.class,
            names = {"FULL", "FORCE"})
    void a_session_that_ends_while_the_disk_fails_gets_its_end_later(FailingDisk.Fault fault)
            throws Exception {
        try (var recordings = Recordings.open(folder, Samples.SMALL, Clock.systemUTC(), disk)) {
            String id = recordings.nextSessionId();
            var recording = recordings.start(Samples.opened(id));
            disk.fault.set(fault);
            takes(recording, "brings the fault out");
            assertThatThrownBy(() -> recording.close("logout")).isInstanceOf(RecordingFailed.class);

            disk.fault.set(FailingDisk.Fault.NONE);

            Await.until(
                    () ->
                            recordings.summary(id).orElseThrow().state()
                                    == SessionSummary.State.CLOSED);
        }
    }
}
