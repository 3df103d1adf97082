package dev.sfguard.sandbox.engine;

import dev.sfguard.sandbox.sql.Token;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/// One login's state: role, database, parameters, variables, open transaction, results by query id.
/// Statements of a session run one after the other, except those that only wait.
public final class Session implements AutoCloseable {
    /// Results that RESULT_SCAN still finds; Snowflake keeps a day's.
    private static final int RESULTS_KEPT = 200;

    private final long id;
    private final Account account;
    private final DuckDBConnection connection;
    private final String user;
    private final ReentrantLock turn = new ReentrantLock(true);
    private final Parameters parameters = new Parameters();
    private final Map<String, String> variables = new ConcurrentHashMap<>();
    private final Set<Catalog.Name> temporary = new HashSet<>();
    private final Map<String, Result> results =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Result> eldest) {
                    return size() > RESULTS_KEPT;
                }
            };

    private volatile String role;
    private volatile boolean secondaryRoles = true;
    private volatile @Nullable String warehouse = "COMPUTE_WH";
    private volatile @Nullable String database = "SHOP";
    private volatile @Nullable String schema = "PUBLIC";
    private volatile @Nullable String lastQueryId;
    private boolean inTransaction;

    Session(long id, Account account, DuckDBConnection connection, String user, String role)
            throws SQLException {
        this.id = id;
        this.account = account;
        this.connection = connection;
        this.user = user;
        this.role = role;
        applySearchPath();
    }

    public long id() {
        return id;
    }

    public String user() {
        return user;
    }

    public String role() {
        return role;
    }

    public @Nullable String warehouse() {
        return warehouse;
    }

    public @Nullable String database() {
        return database;
    }

    public @Nullable String schema() {
        return schema;
    }

    public Parameters parameters() {
        return parameters;
    }

    /// Applies what a login asks for; names that do not exist leave the default, as in Snowflake.
    public void start(
            String newDatabase, String newSchema, String newWarehouse, Map<String, String> asked)
            throws SQLException {
        asked.forEach(parameters::set);
        useTimeZone(parameters.text("TIMEZONE"));
        if (Account.WAREHOUSES.contains(newWarehouse)) {
            warehouse = newWarehouse;
        }
        if (newDatabase.isEmpty()) {
            return;
        }
        String wanted = newSchema.isEmpty() ? "PUBLIC" : newSchema;
        try (var run =
                connection.prepareStatement(
                        "SELECT 1 FROM duckdb_schemas() WHERE database_name = ? AND schema_name = ?")) {
            run.setString(1, newDatabase);
            run.setString(2, wanted);
            try (var found = run.executeQuery()) {
                if (found.next()) {
                    useSchema(newDatabase, wanted);
                }
            }
        }
    }

    void useTimeZone(String zone) throws SQLException {
        try (var run = connection.createStatement()) {
            run.execute("SET TimeZone = " + Token.literal(zone));
        }
    }

    public Account account() {
        return account;
    }

    DuckDBConnection connection() {
        return connection;
    }

    ReentrantLock turn() {
        return turn;
    }

    Map<String, String> variables() {
        return variables;
    }

    /// Tables that end with the session; DuckDB keeps them in a database of their own.
    Set<Catalog.Name> temporary() {
        return temporary;
    }

    boolean inTransaction() {
        return inTransaction;
    }

    void inTransaction(boolean open) {
        inTransaction = open;
    }

    /// The roles whose powers count: the primary one and, when they are on, all the user's others.
    Set<String> activeRoles() {
        var active = new TreeSet<String>(List.of(role, "PUBLIC"));
        if (secondaryRoles) {
            active.addAll(account.roles().of(user));
        }
        return active;
    }

    boolean secondaryRoles() {
        return secondaryRoles;
    }

    /// @throws SnowflakeError 003013 when the user does not have the role
    public void useRole(String name) throws SnowflakeError {
        if (!account.roles().exists(name)) {
            throw SnowflakeError.noSuchObject("Role", name);
        }
        if (!account.roles().may(user, name)) {
            throw SnowflakeError.of(
                    "003013",
                    "42501",
                    "SQL access control error:\nRequested role '%s' is not assigned to the executing user. Specify another role to activate."
                            .formatted(name));
        }
        role = name;
    }

    void useSecondaryRoles(boolean all) {
        secondaryRoles = all;
    }

    public void useWarehouse(String name) throws SnowflakeError {
        if (!Account.WAREHOUSES.contains(name)) {
            throw SnowflakeError.noSuchObject("Warehouse", name);
        }
        warehouse = name;
    }

    /// Makes a schema the current one; `null` leaves none.
    void useSchema(@Nullable String newDatabase, @Nullable String newSchema) throws SQLException {
        database = newDatabase;
        schema = newSchema;
        applySearchPath();
    }

    /// Another connection with the same search path; sees what is committed.
    java.sql.Connection apart() throws SQLException {
        var apart = connection.duplicate();
        try (var run = apart.createStatement()) {
            run.execute("SET search_path=" + Token.literal(searchPath()));
        }
        return apart;
    }

    private void applySearchPath() throws SQLException {
        try (var run = connection.createStatement()) {
            run.execute("SET search_path=" + Token.literal(searchPath()));
        }
    }

    private String searchPath() {
        String own =
                database == null
                        ? ""
                        : Token.quoted(database)
                                + "."
                                + Token.quoted(schema == null ? "main" : schema)
                                + ",";
        return own + Account.FUNCTIONS;
    }

    /// What the context functions answer, as literals.
    Map<String, String> facts() {
        var facts = new HashMap<String, String>();
        facts.put("CURRENT_USER", literal(user));
        facts.put("CURRENT_ROLE", literal(role));
        facts.put("CURRENT_SECONDARY_ROLES", literal(secondaryRolesJson()));
        facts.put("CURRENT_AVAILABLE_ROLES", literal(jsonList(account.roles().of(user))));
        facts.put("CURRENT_WAREHOUSE", literal(warehouse));
        facts.put("CURRENT_DATABASE", literal(database));
        facts.put("CURRENT_SCHEMA", literal(schema));
        facts.put("CURRENT_SESSION", literal(Long.toString(id)));
        facts.put("CURRENT_ACCOUNT", literal(account.name()));
        facts.put("CURRENT_ACCOUNT_NAME", literal(account.name()));
        facts.put("CURRENT_REGION", literal("SANDBOX"));
        facts.put("CURRENT_VERSION", literal("9.0.0"));
        facts.put("CURRENT_CLIENT", literal("sandbox"));
        facts.put("CURRENT_TRANSACTION", inTransaction ? literal(Long.toString(id)) : "NULL");
        facts.put("SYSTEM$ALLOWLIST", literal("[]"));
        facts.put("SYSTEM$WHITELIST", literal("[]"));
        facts.put("LAST_QUERY_ID", literal(lastQueryId));
        return facts;
    }

    private String secondaryRolesJson() {
        return secondaryRoles
                ? "{\"roles\":\"%s\",\"value\":\"ALL\"}"
                        .formatted(String.join(",", new TreeSet<>(account.roles().of(user))))
                : "{\"roles\":\"\",\"value\":\"\"}";
    }

    private static String jsonList(Set<String> names) {
        return "[\"" + String.join("\",\"", new TreeSet<>(names)) + "\"]";
    }

    private static String literal(@Nullable String value) {
        return value == null ? "NULL" : Token.literal(value);
    }

    /// Keeps a result for RESULT_SCAN.
    public void keep(String queryId, Result result) {
        synchronized (results) {
            results.put(queryId, result);
        }
        lastQueryId = queryId;
    }

    @Nullable Result kept(String queryId) {
        synchronized (results) {
            return results.get(queryId);
        }
    }

    /// Ends the session; an open transaction is rolled back, temporary tables go.
    @Override
    public void close() {
        turn.lock();
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException("session " + id + " would not close", e);
        } finally {
            turn.unlock();
        }
    }
}
