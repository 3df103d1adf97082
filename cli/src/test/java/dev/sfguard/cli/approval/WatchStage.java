package dev.sfguard.cli.approval;

import dev.sfguard.cli.Streams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The process that {@link WatchIT} runs in a terminal: a watch on a scripted gateway, where a
/// second request comes once there is a file `second`, and both are gone with a file `gone`.
final class WatchStage {
    private static final String LIST = "/v1/requests?limit=50&state=pending";

    private WatchStage() {}

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        String first = RequestsCommandTest.LINE.formatted("");
        String second =
                first.replace("7K3M9Q2X", "9ZZZZZZZ")
                        .replace("\"age_seconds\":120", "\"age_seconds\":0")
                        .replace("id = 7", "id = 8 \\u001b[31mred");
        var api =
                new CannedApi()
                        .answer("GET " + LIST, list(1, first))
                        .holding(
                                "GET " + LIST + "&after=1",
                                () -> Files.exists(folder.resolve("second")))
                        .answer("GET " + LIST + "&after=1", list(2, second, first))
                        .holding(
                                "GET " + LIST + "&after=2",
                                () -> Files.exists(folder.resolve("gone")))
                        .answer("GET " + LIST + "&after=2", list(3))
                        .holding("GET " + LIST + "&after=3", () -> false);
        WatchScreen.run(new RequestFeed(api, Streams.ofProcess(), LIST), false);
        System.out.println("left the watch");
        System.exit(0);
    }

    private static String list(int step, String... lines) {
        return "{\"step\":%d,\"requests\":[%s]}".formatted(step, String.join(",", lines));
    }
}
