package dev.sfguard.cli;

import dev.sfguard.cli.approval.ApproveCommand;
import dev.sfguard.cli.approval.DenyCommand;
import dev.sfguard.cli.approval.RequestsCommand;
import dev.sfguard.cli.approval.RevokeCommand;
import dev.sfguard.cli.connect.AgentLogsCommand;
import dev.sfguard.cli.connect.AgentRunCommand;
import dev.sfguard.cli.connect.AgentStatusCommand;
import dev.sfguard.cli.connect.AgentStopCommand;
import dev.sfguard.cli.connect.ConnectCommand;
import dev.sfguard.cli.connect.ConnectionsCommand;
import dev.sfguard.cli.connect.LoginCommand;
import dev.sfguard.cli.connect.LogoutCommand;
import dev.sfguard.cli.connect.WhoamiCommand;
import dev.sfguard.cli.demo.DemoCommand;
import dev.sfguard.cli.demo.DemoStopCommand;
import dev.sfguard.cli.gateway.GatewayCheckCommand;
import dev.sfguard.cli.gateway.GatewayInitCommand;
import dev.sfguard.cli.gateway.GatewayRunCommand;
import dev.sfguard.cli.policy.PolicyCheckCommand;
import dev.sfguard.cli.policy.PolicyExplainCommand;
import dev.sfguard.cli.policy.PolicyTestCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The table of commands. A command's class is loaded only when it is asked for: building all of
/// them would cost every start some 20 ms.
final class Commands {
    private Commands() {}

    /// One word of the command line.
    ///
    /// @param summary its line in the list of commands
    /// @param make builds the command; null where the word only opens a group
    /// @param children words that may follow it
    record Entry(
            String name, String summary, @Nullable Supplier<Command> make, List<Entry> children) {

        Optional<Entry> child(String word) {
            return children.stream().filter(entry -> entry.name.equals(word)).findFirst();
        }
    }

    /// A heading of `sfguard --help` with its commands.
    record Section(String heading, List<Entry> entries) {}

    /// Add a command by one line here.
    static final List<Section> SECTIONS =
            List.of(
                    new Section(
                            "Query",
                            List.of(
                                    command(
                                            "exec",
                                            "run SQL, for scripts and CI",
                                            () ->
                                                    new ExecCommand(
                                                            Dialer.throughAgent(),
                                                            ApiOpener.throughAgent())),
                                    command(
                                            "shell",
                                            "interactive SQL",
                                            () ->
                                                    new ShellCommand(
                                                            Dialer.throughAgent(),
                                                            ApiOpener.throughAgent())))),
                    new Section(
                            "Sign in and connect",
                            List.of(
                                    command("login", "sign in at a gateway", LoginCommand::new),
                                    command("logout", "remove keys and tokens", LogoutCommand::new),
                                    command("whoami", "show who you are", WhoamiCommand::new),
                                    command(
                                            "connections",
                                            "list the warehouses you may reach",
                                            ConnectionsCommand::new),
                                    command(
                                            "connect",
                                            "open a local port to a warehouse",
                                            ConnectCommand::new),
                                    group(
                                            "agent",
                                            "the forwarding agent of this machine",
                                            command("status", "show it", AgentStatusCommand::new),
                                            command("stop", "stop it", AgentStopCommand::new),
                                            command("logs", "print its log", AgentLogsCommand::new),
                                            command(
                                                    "run",
                                                    "run it in the foreground",
                                                    AgentRunCommand::new)))),
                    new Section(
                            "Look back",
                            List.of(
                                    command(
                                            "sessions",
                                            "list recorded sessions, or show one",
                                            () -> new SessionsCommand(GatewayApi.throughAgent())),
                                    command(
                                            "replay",
                                            "replay a recording",
                                            () -> new ReplayCommand(GatewayApi.throughAgent())),
                                    command(
                                            "kill",
                                            "end a live session",
                                            () -> new KillCommand(ApiOpener.throughAgent())))),
                    new Section(
                            "Approve",
                            List.of(
                                    command(
                                            "requests",
                                            "list the statements that wait for approval",
                                            () -> new RequestsCommand(ApiOpener.throughAgent()),
                                            command(
                                                    "revoke",
                                                    "end what was granted",
                                                    () ->
                                                            new RevokeCommand(
                                                                    ApiOpener.throughAgent()))),
                                    command(
                                            "approve",
                                            "let a statement run",
                                            () -> new ApproveCommand(ApiOpener.throughAgent())),
                                    command(
                                            "deny",
                                            "refuse a statement",
                                            () -> new DenyCommand(ApiOpener.throughAgent())))),
                    new Section(
                            "Operate",
                            List.of(
                                    command(
                                            "demo",
                                            "a whole sfguard on this machine, to try",
                                            DemoCommand::new,
                                            command("stop", "stop it", DemoStopCommand::new)),
                                    group(
                                            "gateway",
                                            "write, check and run a gateway",
                                            command(
                                                    "init",
                                                    "write a new gateway's folder",
                                                    GatewayInitCommand::new),
                                            command(
                                                    "check",
                                                    "check configuration, issuer, Snowflake, store",
                                                    GatewayCheckCommand::new),
                                            command("run", "run it", GatewayRunCommand::new)),
                                    group(
                                            "policy",
                                            "try a policy before it counts",
                                            command(
                                                    "check",
                                                    "show what is wrong in policy files",
                                                    PolicyCheckCommand::new),
                                            command(
                                                    "explain",
                                                    "why a statement gets its verdict",
                                                    PolicyExplainCommand::new),
                                            command(
                                                    "test",
                                                    "run examples with expected verdicts",
                                                    PolicyTestCommand::new)),
                                    command(
                                            "completion",
                                            "print a completion script for bash, zsh or fish",
                                            CompletionCommand::new))));

    /// For scripts of ours; in no list.
    private static final List<Entry> HIDDEN =
            List.of(
                    command("__complete", "completes words", CompleteCommand::new),
                    command("__commands", "lists commands", ListCommandsCommand::new),
                    command("__train", "warms the start-up cache", TrainCommand::new));

    static List<Entry> all() {
        return SECTIONS.stream().flatMap(section -> section.entries().stream()).toList();
    }

    static Optional<Entry> find(String word) {
        return Stream.concat(all().stream(), HIDDEN.stream())
                .filter(entry -> entry.name().equals(word))
                .findFirst();
    }

    /// Every command with its words, without the hidden ones, as the list shows them.
    static List<Path> paths() {
        var paths = new ArrayList<Path>();
        collect(all(), List.of(), paths);
        return paths;
    }

    private static void collect(List<Entry> entries, List<String> above, List<Path> paths) {
        for (var entry : entries) {
            var words = new ArrayList<>(above);
            words.add(entry.name());
            paths.add(new Path(List.copyOf(words), entry));
            collect(entry.children(), words, paths);
        }
    }

    /// A command and all its words.
    record Path(List<String> words, Entry entry) {}

    /// For {@link #SECTIONS}: a command of one word.
    static Entry command(String name, String summary, Supplier<Command> make, Entry... children) {
        return new Entry(name, summary, make, List.of(children));
    }

    /// For {@link #SECTIONS}: a word that only opens a group.
    static Entry group(String name, String summary, Entry... children) {
        return new Entry(name, summary, null, List.of(children));
    }
}
