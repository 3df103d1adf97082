package dev.sfguard.cli.approval;

import dev.sfguard.cli.CliFailure;

/// The id of a request as people type it.
final class RequestId {
    private RequestId() {}

    /// @return the id, fit for a path
    static String checked(String typed) {
        if (!typed.matches("[0-9A-Za-z]{1,16}")) {
            throw CliFailure.usage(
                    "\"" + typed + "\" is no request's id.",
                    "It has 8 letters and digits.",
                    "See: sfguard requests");
        }
        return typed;
    }
}
