package dev.sfguard.gateway;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Why something failed, in words: many exceptions say it by their class alone.
final class Reasons {
    private static final int DEEPEST = 8;

    private Reasons() {}

    static String of(Exception failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            String known = known(cause);
            if (known != null) {
                return known;
            }
            cause = cause.getCause();
        }
        return Optional.ofNullable(failure.getMessage())
                .orElse(
                        failure instanceof ConnectException
                                ? "nothing listens there, or a firewall is in between"
                                : failure.getClass().getSimpleName());
    }

    private static @Nullable String known(Throwable cause) {
        return switch (cause) {
            case NoSuchFileException it -> it.getFile() + " does not exist";
            case AccessDeniedException it -> it.getFile() + " may not be read by this user";
            case UnresolvedAddressException _ -> "the name does not resolve";
            case UnknownHostException _ -> "the name does not resolve";
            case HttpTimeoutException _ -> "no answer in time";
            default -> null;
        };
    }
}
