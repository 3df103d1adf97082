package dev.sfguard.cli.query;

import dev.sfguard.cli.ExitCode;
import java.net.ConnectException;
import java.net.SocketException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import net.snowflake.client.api.exception.SnowflakeSQLException;
import org.jspecify.annotations.Nullable;

/// Why a login or a statement did not do what was asked, with the exit code that it means.
public final class QueryFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /// What the gateway's own messages begin with: Snowflake's codes may one day meet ours.
    private static final String OURS = "sfguard:";

    /// `error line 2 at position 14`, in the message of a compilation error; both numbers from the
    /// statement's start, the line from 1, the position from 0.
    private static final Pattern POSITION =
            Pattern.compile("line (\\d{1,9}) at position (\\d{1,9})");

    private static final Pattern REQUEST = Pattern.compile("\\brequest ([0-9A-Z]{8})\\b");

    private final ExitCode exitCode;
    private final int code;
    private final String sqlState;
    private final String text;
    private final String place;
    private final @Nullable String queryId;

    private QueryFailure(ExitCode exitCode, SQLException cause, String text, String place) {
        super(text, cause);
        this.exitCode = exitCode;
        this.code = cause.getErrorCode();
        this.sqlState = Optional.ofNullable(cause.getSQLState()).orElse("");
        this.text = text;
        this.place = place;
        this.queryId =
                cause instanceof SnowflakeSQLException snowflake ? snowflake.getQueryId() : null;
    }

    static QueryFailure of(SQLException e, String sql) {
        String message = message(e);
        boolean ours = message.startsWith(OURS);
        String text = ours ? message.substring(OURS.length()).strip() : message;
        return new QueryFailure(exitCode(e, ours), e, text, ours ? "" : pointed(message, sql));
    }

    static QueryFailure ofLogin(SQLException e, String connection) {
        String message = message(e);
        boolean ours = message.startsWith(OURS);
        ExitCode code = exitCode(e, ours);
        // A server that answers a login with an error of its own does not know us.
        ExitCode login = code == ExitCode.SQL_ERROR ? ExitCode.LOGIN : code;
        String text = ours ? message.substring(OURS.length()).strip() : message;
        return new QueryFailure(login, e, "Cannot sign in to " + connection + ": " + text, "");
    }

    private static ExitCode exitCode(SQLException e, boolean ours) {
        if (ours) {
            return ourExitCode(e.getErrorCode());
        }
        return switch (e.getErrorCode()) {
            // Canceled, and "not executing" in reply to an abort.
            case 604, 605 -> ExitCode.INTERRUPTED;
            // Wrong password or token, expired or unknown session.
            case 390100, 390101, 390111, 390112, 390114, 390144, 390195, 390303, 390318, 390422 ->
                    ExitCode.LOGIN;
            // The driver's own: no connection to the server could be had.
            case 200015, 200016 -> network(e);
            default -> e.getErrorCode() == 0 ? network(e) : ExitCode.SQL_ERROR;
        };
    }

    private static ExitCode ourExitCode(int code) {
        return switch (code) {
            case 98010 -> ExitCode.LOGIN;
            case 98011 -> ExitCode.BLOCKED;
            case 98012 -> ExitCode.PENDING;
            case 98013 -> ExitCode.DENIED;
            case 98014, 98015 -> ExitCode.STALE;
            case 98016 -> ExitCode.NOT_RECORDED;
            case 98017 -> ExitCode.LIMIT;
            case 390100, 390111, 390112, 390114, 390422 -> ExitCode.LOGIN;
            default -> ExitCode.SQL_ERROR;
        };
    }

    private static ExitCode network(SQLException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                return ExitCode.PROTOCOL;
            }
            if (cause instanceof ConnectException || cause instanceof SocketException) {
                return ExitCode.UNREACHABLE;
            }
        }
        boolean answered = message(e).contains("HTTP status");
        return answered ? ExitCode.PROTOCOL : ExitCode.UNREACHABLE;
    }

    private static String message(SQLException e) {
        return Optional.ofNullable(e.getMessage()).orElse("no reason given").strip();
    }

    /// The line of the statement that the message points at, with a caret under the place.
    private static String pointed(String message, String sql) {
        Matcher position = POSITION.matcher(message);
        if (!position.find()) {
            return "";
        }
        int line = Integer.parseInt(position.group(1));
        int column = Integer.parseInt(position.group(2));
        String source = sql.lines().skip(Math.max(0, line - 1)).findFirst().orElse("");
        if (line < 1 || column < 0 || column > source.length() || source.isEmpty()) {
            return "";
        }
        String before = source.substring(0, column).replaceAll("[^\t]", " ");
        return source + "\n" + before + "^";
    }

    /// The same, said of a statement that was to wait for its approval: the wait is over.
    public QueryFailure afterWait() {
        return exitCode == ExitCode.PENDING && getCause() instanceof SQLException cause
                ? new QueryFailure(ExitCode.WAIT_TIMED_OUT, cause, text, place)
                : this;
    }

    /// The request to people that the message names.
    public Optional<String> request() {
        Matcher named = REQUEST.matcher(text);
        return isOfApproval() && named.find() ? Optional.of(named.group(1)) : Optional.empty();
    }

    private boolean isOfApproval() {
        return switch (exitCode) {
            case PENDING, DENIED, WAIT_TIMED_OUT, STALE -> true;
            case DONE,
                    INTERNAL,
                    USAGE,
                    UNREACHABLE,
                    PROTOCOL,
                    SQL_ERROR,
                    LOGIN,
                    BLOCKED,
                    NOT_RECORDED,
                    LIMIT,
                    PARTIAL,
                    INTERRUPTED,
                    PIPE_CLOSED,
                    TERMINATED ->
                    false;
        };
    }

    /// The statement ran, and a rule keeps its result back. The code alone would say that nothing
    /// was sent.
    public boolean isWithheld() {
        return exitCode == ExitCode.BLOCKED && text.contains("the result is withheld");
    }

    public ExitCode exitCode() {
        return exitCode;
    }

    /// Six digits, as Snowflake's documentation lists them.
    public String code() {
        return String.format("%06d", code);
    }

    public String sqlState() {
        return sqlState;
    }

    /// What the server says, without our mark.
    public String text() {
        return text;
    }

    /// Two lines, the source and a caret; empty where the server gives no place.
    public String place() {
        return place;
    }

    public Optional<String> queryId() {
        return Optional.ofNullable(queryId);
    }

    /// What can be done about it.
    public String next() {
        String id = queryId().map(known -> "Query id: " + known).orElse("");
        return switch (exitCode) {
            case LOGIN -> "Sign in again: sfguard login";
            case UNREACHABLE -> "Is the gateway running, and the network up? Try: sfguard whoami";
            case PROTOCOL -> "Is this port really sfguard's? Try: sfguard whoami";
            case NOT_RECORDED -> "Tell the gateway's operator. Whether it ran is said above.";
            default -> id;
        };
    }
}
