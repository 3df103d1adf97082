package dev.sfguard.sandbox.engine;

import dev.sfguard.sandbox.engine.Roles.Power;
import dev.sfguard.sandbox.sql.Tokens;
import java.sql.SQLException;
import java.util.Set;
import java.util.stream.Collectors;

/// Holds a session to what its roles may do.
final class Access {
    private static final Set<String> BEFORE_TABLES =
            Set.of("FROM", "JOIN", "INTO", "UPDATE", "USING", "TABLE", ",", ".", "VIEW");

    private final Session session;
    private final Duckdb duckdb;

    Access(Session session, Duckdb duckdb) {
        this.session = session;
        this.duckdb = duckdb;
    }

    /// A role that may not read a table is told that there is none, as Snowflake does.
    void requireRead(Tokens tokens) throws SnowflakeError, SQLException {
        if (may(Power.READ)) {
            return;
        }
        Set<String> tables =
                duckdb
                        .list(
                                """
                                SELECT table_name AS name FROM duckdb_tables() WHERE NOT internal
                                UNION ALL
                                SELECT view_name FROM duckdb_views() WHERE NOT internal
                                """)
                        .stream()
                        .map(row -> row.getOrDefault("name", ""))
                        .collect(Collectors.toSet());
        for (int i = 1; i < tokens.size(); i++) {
            if (tokens.at(i).isName()
                    && tables.contains(tokens.at(i).name())
                    && BEFORE_TABLES.contains(tokens.at(i - 1).upper())) {
                throw SnowflakeError.noSuchObject("Object", tokens.at(i).name());
            }
        }
    }

    /// @param kind as in the message: `table`, `schema` …
    void require(Power power, String kind, String name) throws SnowflakeError {
        if (!may(power)) {
            throw SnowflakeError.notPrivileged(kind + " '" + name + "'");
        }
    }

    private boolean may(Power power) {
        return session.account().roles().has(session.activeRoles(), power);
    }
}
