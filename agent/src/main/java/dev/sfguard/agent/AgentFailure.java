package dev.sfguard.agent;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// What can go wrong between a person and the gateway, each with what is needed to explain it. No
/// message holds a secret.
public abstract sealed class AgentFailure extends IOException {
    private static final long serialVersionUID = 1L;

    private AgentFailure(String message) {
        this(message, null);
    }

    private AgentFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /// Nobody is signed in, or what was signed in has expired and could not be renewed.
    public static final class LoginNeeded extends AgentFailure {
        private static final long serialVersionUID = 1L;

        public LoginNeeded(String why) {
            super(why);
        }
    }

    /// No address of a gateway is known: neither given nor remembered.
    public static final class GatewayUnknown extends AgentFailure {
        private static final long serialVersionUID = 1L;

        public GatewayUnknown() {
            super("no gateway is known");
        }
    }

    public static final class GatewayUnreachable extends AgentFailure {
        private static final long serialVersionUID = 1L;
        private final String gateway;
        private final String why;

        public GatewayUnreachable(String gateway, String why, @Nullable Throwable cause) {
            super(gateway + ": " + why, cause);
            this.gateway = gateway;
            this.why = why;
        }

        public String gateway() {
            return gateway;
        }

        public String why() {
            return why;
        }
    }

    /// What answers at the gateway's address does not speak as a gateway does.
    public static final class GatewayFault extends AgentFailure {
        private static final long serialVersionUID = 1L;
        private final String gateway;
        private final String why;

        public GatewayFault(String gateway, String why, @Nullable Throwable cause) {
            super(gateway + ": " + why, cause);
            this.gateway = gateway;
            this.why = why;
        }

        public String gateway() {
            return gateway;
        }

        public String why() {
            return why;
        }
    }

    /// The gateway shows another host key than the pinned one. Nothing was sent.
    public static final class HostKeyMismatch extends AgentFailure {
        private static final long serialVersionUID = 1L;
        private final String gateway;
        private final String pinned;
        private final String shown;

        public HostKeyMismatch(String gateway, String pinned, String shown) {
            super(gateway + " shows " + shown + " instead of " + pinned);
            this.gateway = gateway;
            this.pinned = pinned;
            this.shown = shown;
        }

        public String gateway() {
            return gateway;
        }

        public String pinned() {
            return pinned;
        }

        public String shown() {
            return shown;
        }
    }

    /// No host key is pinned and nobody confirmed the one shown. Nothing was sent.
    public static final class HostKeyUnknown extends AgentFailure {
        private static final long serialVersionUID = 1L;
        private final String gateway;
        private final String shown;

        public HostKeyUnknown(String gateway, String shown) {
            super(gateway + " shows " + shown + ", which nobody confirmed");
            this.gateway = gateway;
            this.shown = shown;
        }

        public String gateway() {
            return gateway;
        }

        public String shown() {
            return shown;
        }
    }

    /// The gateway did not take the token.
    public static final class TokenRefused extends AgentFailure {
        private static final long serialVersionUID = 1L;
        private final String gateway;

        public TokenRefused(String gateway) {
            super(gateway + " refused the token");
            this.gateway = gateway;
        }

        public String gateway() {
            return gateway;
        }
    }

    /// The person said no, let the code expire, or the issuer does not let them in.
    public static final class SignInRefused extends AgentFailure {
        private static final long serialVersionUID = 1L;

        public SignInRefused(String why) {
            super(why);
        }
    }

    public static final class IssuerUnreachable extends AgentFailure {
        private static final long serialVersionUID = 1L;
        private final String issuer;
        private final String why;

        public IssuerUnreachable(String issuer, String why, @Nullable Throwable cause) {
            super(issuer + ": " + why, cause);
            this.issuer = issuer;
            this.why = why;
        }

        public String issuer() {
            return issuer;
        }

        public String why() {
            return why;
        }
    }

    /// The issuer answers, but not as this login needs it.
    public static final class IssuerFault extends AgentFailure {
        private static final long serialVersionUID = 1L;
        private final String issuer;
        private final String why;

        public IssuerFault(String issuer, String why, @Nullable Throwable cause) {
            super(issuer + ": " + why, cause);
            this.issuer = issuer;
            this.why = why;
        }

        public String issuer() {
            return issuer;
        }

        public String why() {
            return why;
        }
    }

    public static final class PortInUse extends AgentFailure {
        private static final long serialVersionUID = 1L;
        private final int port;

        public PortInUse(int port) {
            super("port " + port + " is in use");
            this.port = port;
        }

        public int port() {
            return port;
        }
    }

    /// The gateway has no such connection for this person.
    public static final class ConnectionUnknown extends AgentFailure {
        private static final long serialVersionUID = 1L;
        private final String connection;

        public ConnectionUnknown(String connection) {
            super("no connection " + connection);
            this.connection = connection;
        }

        public String connection() {
            return connection;
        }
    }

    /// The gateway's API answered with an error of its own.
    public static final class ApiRefused extends AgentFailure {
        private static final long serialVersionUID = 1L;
        private final int status;
        private final String code;
        private final String next;

        public ApiRefused(int status, String code, String message, String next) {
            super(message);
            this.status = status;
            this.code = code;
            this.next = next;
        }

        /// The HTTP status.
        public int status() {
            return status;
        }

        public String code() {
            return code;
        }

        /// What the gateway advises; may be empty.
        public String next() {
            return next;
        }
    }

    /// Another agent already serves this home.
    public static final class AgentRuns extends AgentFailure {
        private static final long serialVersionUID = 1L;

        public AgentRuns() {
            super("an agent runs already");
        }
    }

    /// The detached agent did not come up.
    public static final class AgentDidNotStart extends AgentFailure {
        private static final long serialVersionUID = 1L;
        private final String log;

        public AgentDidNotStart(String why, String log) {
            super(why);
            this.log = log;
        }

        /// Where its log lies.
        public String log() {
            return log;
        }
    }

    /// The sentence of the exception; never null.
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
