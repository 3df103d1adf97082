package dev.sfguard.sandbox.issuer;

/// A refusal in the words of RFC 6749 section 5.2 and RFC 8628 section 3.5.
final class OAuthError extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String error;

    private OAuthError(int status, String error, String description) {
        super(description);
        this.status = status;
        this.error = error;
    }

    static OAuthError badRequest(String error, String description) {
        return new OAuthError(400, error, description);
    }

    static OAuthError invalidClient(String description) {
        return new OAuthError(401, "invalid_client", description);
    }

    static OAuthError ofStatus(int status, String error, String description) {
        return new OAuthError(status, error, description);
    }

    int status() {
        return status;
    }

    String error() {
        return error;
    }

    String description() {
        var message = getMessage();
        return message == null ? error : message;
    }
}
