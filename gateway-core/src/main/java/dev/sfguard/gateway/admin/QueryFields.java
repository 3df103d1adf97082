package dev.sfguard.gateway.admin;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.util.Fields;

/// The query of a call. An unknown or malformed parameter is refused, since a filter that is
/// ignored shows too much.
final class QueryFields {
    private static final int MOST = 10_000;
    private static final String TIME = "a time such as 2026-11-23T14:02:11Z";

    private final Fields fields;

    /// @param known the parameters that the call takes
    QueryFields(Fields fields, Set<String> known) throws ApiProblem {
        this.fields = fields;
        for (String name : fields.getNames()) {
            if (!known.contains(name)) {
                throw ApiProblem.badRequest(
                        "The parameter \"" + name + "\" is not known.",
                        "Is the sfguard command newer than the gateway?");
            }
        }
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(fields.getValue(name)).filter(value -> !value.isEmpty());
    }

    boolean truth(String name) throws ApiProblem {
        return switch (text(name).orElse("false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw malformed(name, "true or false");
        };
    }

    Optional<Instant> time(String name) throws ApiProblem {
        var text = text(name);
        try {
            // Years with a sign have so many digits that they do not fit into milliseconds.
            if (text.isEmpty() || Character.isDigit(text.get().charAt(0))) {
                return text.map(Instant::parse);
            }
            throw malformed(name, TIME);
        } catch (DateTimeParseException wrong) {
            throw malformed(name, TIME);
        }
    }

    /// How many are wanted at most; never more than a list may have.
    int limit(int otherwise) throws ApiProblem {
        return (int) Math.min(number("limit", otherwise, 1, 99_999), MOST);
    }

    long number(String name, long otherwise, long least, long most) throws ApiProblem {
        var text = text(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        if (!text.get().matches("[0-9]{1,18}")
                || Long.parseLong(text.get()) < least
                || Long.parseLong(text.get()) > most) {
            throw malformed(name, "a number from " + least + " to " + Math.min(most, MOST));
        }
        return Long.parseLong(text.get());
    }

    static ApiProblem malformed(String name, String expected) {
        return ApiProblem.badRequest(
                "The parameter \"" + name + "\" must be " + expected + ".", "");
    }
}
