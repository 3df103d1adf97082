package dev.sfguard.gateway.admin;

/// A call that is not answered: an HTTP status, and for people what, why and what next.
final class ApiProblem extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final String next;

    ApiProblem(int status, String code, String message, String next) {
        super(message);
        this.status = status;
        this.code = code;
        this.next = next;
    }

    static ApiProblem badRequest(String message, String next) {
        return new ApiProblem(400, "bad_request", message, next);
    }

    static ApiProblem forbidden(String message, String next) {
        return new ApiProblem(403, "forbidden", message, next);
    }

    static ApiProblem notFound(String message, String next) {
        return new ApiProblem(404, "not_found", message, next);
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    String next() {
        return next;
    }
}
