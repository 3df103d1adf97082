package dev.sfguard.sandbox.engine;

import java.util.List;
import java.util.Map;

/// A statement as a driver asked for it.
///
/// @param binds by position: the first is `1`
/// @param parameters of this statement alone, names in upper case
public record Request(
        String text,
        Map<String, Bind> binds,
        Map<String, String> parameters,
        boolean describeOnly,
        String queryId) {
    public Request {
        binds = Map.copyOf(binds);
        parameters = Map.copyOf(parameters);
    }

    Request withText(String newText) {
        return new Request(newText, binds, parameters, describeOnly, queryId);
    }

    /// How many rows an array bind has; 1 without one.
    int rows() {
        return binds.values().stream()
                .filter(Bind::array)
                .mapToInt(bind -> bind.values().size())
                .max()
                .orElse(1);
    }

    boolean hasArrays() {
        return binds.values().stream().anyMatch(Bind::array);
    }

    /// The binds of one row as literals, in order.
    List<String> literals(int row) throws SnowflakeError {
        var literals = new java.util.ArrayList<String>();
        Bind bind = binds.get("1");
        while (bind != null) {
            literals.add(bind.literal(row));
            bind = binds.get(Integer.toString(literals.size() + 1));
        }
        return literals;
    }
}
