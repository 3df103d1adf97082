package dev.sfguard.gateway.proxy;

import java.io.IOException;

/// What went wrong on the way to Snowflake, told apart by what it means for the statement.
abstract sealed class UpstreamFault extends IOException {
    private static final long serialVersionUID = 1L;

    private final String what;

    private UpstreamFault(String what, Throwable cause) {
        super(what, cause);
        this.what = what;
    }

    private UpstreamFault(String what) {
        super(what);
        this.what = what;
    }

    /// For people: what happened, without a full stop.
    String what() {
        return what;
    }

    /// Nothing left for Snowflake: the statement did not run.
    static final class NotSent extends UpstreamFault {
        private static final long serialVersionUID = 1L;

        NotSent(String message, Throwable cause) {
            super(message, cause);
        }

        NotSent(String message) {
            super(message);
        }
    }

    /// Bytes may have arrived: nobody knows whether the statement ran.
    static final class Unknown extends UpstreamFault {
        private static final long serialVersionUID = 1L;

        Unknown(String message, Throwable cause) {
            super(message, cause);
        }

        Unknown(String message) {
            super(message);
        }
    }

    /// Snowflake no longer knows the session, and renewal did not help.
    static final class SessionGone extends UpstreamFault {
        private static final long serialVersionUID = 1L;

        SessionGone(String message) {
            super(message);
        }
    }

    /// Snowflake refused the gateway's own login, role or set-up.
    static final class Refused extends UpstreamFault {
        private static final long serialVersionUID = 1L;
        private final String code;

        Refused(String code, String message) {
            super(message);
            this.code = code;
        }

        String code() {
            return code;
        }
    }
}
