package dev.sfguard.sandbox.engine;

import dev.sfguard.sandbox.sql.Token.Kind;
import dev.sfguard.sandbox.sql.Tokens;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `CALL SYSTEM$WAIT(n [, unit])` and `SELECT SYSTEM$WAIT(n [, unit])`. Done here, since DuckDB
/// cannot be cancelled while a function of ours runs in it.
final class Waiting {
    private Waiting() {}

    static Optional<Duration> asked(Tokens tokens) {
        boolean verb = tokens.at(0).is("CALL") || tokens.at(0).is("SELECT");
        boolean form = verb && tokens.at(1).is("SYSTEM$WAIT") && tokens.isCall(1);
        if (!form || tokens.close(2) != tokens.size() - 1 || tokens.at(3).kind() != Kind.NUMBER) {
            return Optional.empty();
        }
        String unit = tokens.at(5).kind() == Kind.STRING ? tokens.at(5).upper() : "SECONDS";
        long millis =
                switch (unit) {
                    case "MILLISECONDS" -> 1;
                    case "MINUTES" -> 60_000;
                    case "HOURS" -> 3_600_000;
                    case "DAYS" -> 86_400_000;
                    default -> 1_000;
                };
        var amount = new BigDecimal(tokens.at(3).text()).multiply(BigDecimal.valueOf(millis));
        return Optional.of(Duration.ofMillis(amount.longValue()));
    }

    static Result described() {
        return Result.of(Result.SELECT, List.of(Column.text("SYSTEM$WAIT")), List.of());
    }

    static Result run(Duration time, Cancellation cancellation) throws SnowflakeError {
        cancellation.sleep(time);
        String said =
                time.toMillis() % 1000 == 0
                        ? "waited %d seconds".formatted(time.toSeconds())
                        : "waited %d milliseconds".formatted(time.toMillis());
        return Result.of(
                Result.SELECT,
                List.of(Column.text("SYSTEM$WAIT")),
                List.<@Nullable String[]>of(Result.row(said)));
    }
}
