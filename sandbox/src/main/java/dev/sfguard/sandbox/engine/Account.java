package dev.sfguard.sandbox.engine;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import org.duckdb.DuckDBConnection;

/// A Snowflake account: one DuckDB in memory with database SHOP, its roles and its warehouses.
public final class Account implements AutoCloseable {
    /// Where the functions live that DuckDB lacks; on the search path of every session.
    static final String FUNCTIONS = "SFSYS.main";

    static final List<String> WAREHOUSES = List.of("COMPUTE_WH", "REPORTING_WH");

    private final String name;
    private final DuckDBConnection root;
    private final Roles roles = new Roles();
    private final Catalog catalog = new Catalog();
    private final QueryHistory history = new QueryHistory();
    private final AtomicLong lastSession = new AtomicLong(1_152_921_504_606_846_976L);

    private Account(String name, DuckDBConnection root) {
        this.name = name;
        this.root = root;
    }

    /// Opens the account with its sample data.
    public static Account open(String name) throws SQLException {
        var settings = new Properties();
        settings.setProperty("autoinstall_known_extensions", "false");
        settings.setProperty("autoload_known_extensions", "false");
        settings.setProperty("default_null_order", "NULLS_LAST_ON_ASC_FIRST_ON_DESC");
        var root = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:", settings);
        var account = new Account(name, root);
        try {
            account.setUp();
        } catch (SQLException e) {
            root.close();
            throw e;
        }
        return account;
    }

    private void setUp() throws SQLException {
        for (String statement : Macros.statements()) {
            execute(statement);
        }
        for (SampleTable table : SampleTable.ALL) {
            execute(table.duckdb());
            catalog.declare(
                    new Catalog.Name("SHOP", "PUBLIC", table.name()),
                    table.columns(),
                    List.of(SampleTable.KEY));
        }
        new SampleData(root).fill();
        // Statements come from strangers: no file, no other host, no way back to either.
        execute("SET enable_external_access=false");
    }

    /// A session of a user, not yet logged in to anything but its default database.
    public Session session(String user, Collection<String> grantedRoles, String role)
            throws SQLException {
        roles.addUser(user, grantedRoles);
        return new Session(lastSession.incrementAndGet(), this, root.duplicate(), user, role);
    }

    public String name() {
        return name;
    }

    public Roles roles() {
        return roles;
    }

    public QueryHistory history() {
        return history;
    }

    Catalog catalog() {
        return catalog;
    }

    private void execute(String statement) throws SQLException {
        try (var run = root.createStatement()) {
            run.execute(statement);
        }
    }

    @Override
    public void close() {
        try {
            root.close();
        } catch (SQLException e) {
            throw new IllegalStateException("DuckDB would not close", e);
        }
    }
}
