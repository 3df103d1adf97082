package dev.sfguard.cli.shell;

import dev.sfguard.cli.output.Cell;
import dev.sfguard.cli.output.Column;
import dev.sfguard.cli.output.Format;
import dev.sfguard.cli.output.Look;
import dev.sfguard.cli.output.Printable;
import dev.sfguard.cli.query.Meanwhile;
import dev.sfguard.cli.query.QueryFailure;
import dev.sfguard.cli.query.ResultRows;
import dev.sfguard.cli.query.SnowflakeSession;
import dev.sfguard.cli.query.Statements;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jline.reader.EndOfFileException;
import org.jline.reader.History;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;

/// A dialogue in SQL: reads, runs, prints, until Ctrl-D.
public final class Shell {
    private final SnowflakeSession session;
    private final Terminal terminal;
    private final Settings settings;
    private final Meanwhile meanwhile;
    private final SqlCompleter completer = new SqlCompleter();
    private final LineReader reader;
    private final PrintStream out;
    private Format format;
    private boolean pager;
    private boolean timing = true;
    private boolean namesKnown;

    /// @param history the file that keeps what was typed; mode 0600
    /// @param pager the command for long results; empty for none
    public record Settings(
            String connection, Format format, boolean color, Path history, List<String> pager) {
        public Settings {
            pager = List.copyOf(pager);
        }
    }

    /// @param meanwhile goes on while a statement runs
    public Shell(
            SnowflakeSession session, Terminal terminal, Settings settings, Meanwhile meanwhile) {
        this.session = session;
        this.meanwhile = meanwhile;
        this.terminal = terminal;
        this.settings = settings;
        this.format = settings.format();
        this.pager = !settings.pager().isEmpty();
        this.out = new PrintStream(terminal.output(), true, StandardCharsets.UTF_8);
        this.reader =
                LineReaderBuilder.builder()
                        .terminal(terminal)
                        .parser(new SqlParser())
                        .highlighter(new SqlHighlighter(settings.color()))
                        .completer(
                                (reading, line, candidates) -> {
                                    learnTables();
                                    completer.complete(reading, line, candidates);
                                })
                        .variable(LineReader.HISTORY_FILE, settings.history())
                        // What may hold a secret is not kept.
                        .variable(LineReader.HISTORY_IGNORE, HistoryFile.SECRETS)
                        .variable(LineReader.SECONDARY_PROMPT_PATTERN, "%P-> ")
                        .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                        .build();
    }

    /// Returns when the user leaves.
    public void run() {
        say("Connected to " + settings.connection() + ". \\? lists commands, Ctrl-D leaves.");
        boolean goesOn = true;
        while (goesOn) {
            try {
                goesOn = accept(reader.readLine(prompt()));
            } catch (UserInterruptException e) {
                // Ctrl-C while typing only clears the line.
                goesOn = true;
            } catch (EndOfFileException e) {
                goesOn = false;
            }
        }
    }

    private String prompt() {
        return session.place()
                        .map(place -> settings.connection() + " " + place)
                        .orElse(settings.connection())
                + "> ";
    }

    /// @return false when the user leaves
    private boolean accept(String input) {
        if (input.isBlank()) {
            return true;
        }
        if (MetaCommand.isOne(input.strip())) {
            return obey(MetaCommand.of(input.strip()));
        }
        for (String statement : Statements.of(input)) {
            if (!execute(statement)) {
                break;
            }
        }
        return true;
    }

    private boolean obey(MetaCommand command) {
        switch (command) {
            case MetaCommand.Output(var wanted) -> {
                format = wanted;
                say("Results are printed as " + wanted + ".");
            }
            case MetaCommand.Pager(var on) -> {
                pager = on && !settings.pager().isEmpty();
                say("The pager is " + (pager ? "on." : "off."));
            }
            case MetaCommand.Timing(var on) -> {
                timing = on;
                say("Counts and times are " + (on ? "shown." : "not shown."));
            }
            case MetaCommand.Sql(var statement) -> execute(statement);
            case MetaCommand.History() -> history();
            case MetaCommand.Help() -> say(MetaCommand.HELP);
            case MetaCommand.Unknown(var why) -> say(why);
            case MetaCommand.Quit() -> {
                return false;
            }
        }
        return true;
    }

    private void history() {
        for (History.Entry entry : reader.getHistory()) {
            say(entry.index() + 1 + "  " + Printable.lines(entry.line()));
        }
    }

    /// @return whether the next statement of the same input should run
    private boolean execute(String statement) {
        var before = terminal.handle(Terminal.Signal.INT, _ -> session.abort());
        try {
            // A Ctrl-C just after Enter still reaches the line editor, which interrupts this
            // thread;
            // the driver would wait for ever under it.
            if (Thread.interrupted()) {
                say("Aborted; nothing was sent.");
                return false;
            }
            var outcome = run(statement);
            completer.learnFrom(statement);
            if (timing) {
                say(Explanation.summary(outcome));
            }
            outcome.note().ifPresent(note -> say("Note: " + Printable.line(note) + "."));
            return true;
        } catch (QueryFailure e) {
            say(Explanation.of(e, settings.color()));
            return false;
        } finally {
            terminal.handle(Terminal.Signal.INT, before);
        }
    }

    private SnowflakeSession.Outcome run(String statement) throws QueryFailure {
        try (var waiting = meanwhile.watch(session.number())) {
            return session.run(
                    statement,
                    (_, rows) -> {
                        waiting.end();
                        return print(rows);
                    });
        }
    }

    private long print(ResultRows rows) throws SQLException {
        rows.columns().forEach(column -> completer.learn(column.name()));
        var look = new Look(true, settings.color(), ZoneId.systemDefault());
        var command = pager ? settings.pager() : List.<String>of();
        try (var paged = PagedOutput.open(command, out)) {
            return rows.printTo(format.printer(paged.stream(), look));
        } catch (PagedOutput.Left seenEnough) {
            // Whoever quits the pager has seen enough: the rest is not fetched.
            session.abort();
            return 0;
        }
    }

    /// Asks for the tables once, when a name is first wanted. It is a statement like any other: the
    /// policy decides on it and the recording has it.
    private void learnTables() {
        if (namesKnown) {
            return;
        }
        namesKnown = true;
        try {
            session.run(
                    "show /* sfguard shell: completion */ tables",
                    (_, rows) -> completer.learnAll(names(rows)));
        } catch (QueryFailure e) {
            // Without names only keywords are completed.
            namesKnown = true;
        }
    }

    private static List<String> names(ResultRows rows) throws SQLException {
        var columns = rows.columns().stream().map(Column::name).toList();
        int name = columns.indexOf("name");
        var names = new ArrayList<String>();
        for (var row = rows.next(); row.isPresent() && name >= 0; row = rows.next()) {
            Optional.of(row.get().get(name))
                    .filter(Cell.Text.class::isInstance)
                    .map(cell -> ((Cell.Text) cell).value())
                    .ifPresent(names::add);
        }
        return names;
    }

    private void say(String text) {
        out.println(text.stripTrailing());
    }
}
