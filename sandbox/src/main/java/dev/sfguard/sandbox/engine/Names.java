package dev.sfguard.sandbox.engine;

import dev.sfguard.sandbox.sql.Token;
import dev.sfguard.sandbox.sql.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Resolves names of objects in a session's database and schema.
final class Names {
    private final Session session;

    Names(Session session) {
        this.session = session;
    }

    /// A name found in a statement, and where the statement goes on.
    record Found(Catalog.Name name, int next) {}

    /// Reads `a`, `a.b` or `a.b.c` at a place; also `IDENTIFIER('a.b')`.
    Optional<Found> read(Tokens tokens, int at) {
        if (tokens.is(at, "IDENTIFIER", "(") && tokens.at(at + 2).kind() == Token.Kind.STRING) {
            return read(new Tokens(tokens.at(at + 2).text()), 0)
                    .map(inner -> new Found(inner.name(), tokens.close(at + 1) + 1));
        }
        var parts = new ArrayList<String>();
        int i = at;
        while (tokens.at(i).isName() && parts.size() < 3) {
            parts.add(tokens.at(i).name());
            i++;
            if (!tokens.at(i).isSymbol(".")) {
                break;
            }
            i++;
        }
        return parts.isEmpty() ? Optional.empty() : Optional.of(new Found(resolve(parts), i));
    }

    /// As {@link #read}, for places where there must be a name.
    Found require(Tokens tokens, int at) throws SnowflakeError {
        Optional<Found> found = read(tokens, at);
        if (found.isEmpty()) {
            throw SnowflakeError.syntax(
                    1,
                    Math.max(0, tokens.at(at).start()),
                    tokens.at(at).text().isEmpty() ? "<EOF>" : tokens.at(at).text());
        }
        return found.get();
    }

    private Catalog.Name resolve(List<String> parts) {
        String database = session.database() == null ? "" : session.database();
        String schema = session.schema() == null ? "" : session.schema();
        return switch (parts.size()) {
            case 1 -> new Catalog.Name(database, schema, parts.get(0));
            case 2 -> new Catalog.Name(database, parts.get(0), parts.get(1));
            default -> new Catalog.Name(parts.get(0), parts.get(1), parts.get(2));
        };
    }

    static String sql(Catalog.Name name) {
        return Token.quoted(name.database())
                + "."
                + Token.quoted(name.schema())
                + "."
                + Token.quoted(name.object());
    }
}
