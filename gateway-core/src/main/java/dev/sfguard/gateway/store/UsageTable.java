package dev.sfguard.gateway.store;

import java.util.Optional;

/// What each identity has used of its limits; one row for each, for as long as the store lives: a
/// clock that is set back must not make a day new.
public final class UsageTable {
    private final Store store;

    UsageTable(Store store) {
        this.store = store;
    }

    public Optional<StoredUsage> of(String issuer, String subject) throws StoreFailed {
        return store.read(
                connection -> {
                    try (var select =
                            connection.prepareStatement(
                                    "SELECT minute, statements, day, rows FROM usage"
                                            + " WHERE issuer = ? AND subject = ?")) {
                        select.setString(1, issuer);
                        select.setString(2, subject);
                        try (var rows = select.executeQuery()) {
                            return rows.next()
                                    ? Optional.of(
                                            new StoredUsage(
                                                    issuer,
                                                    subject,
                                                    rows.getLong(1),
                                                    rows.getLong(2),
                                                    rows.getLong(3),
                                                    rows.getLong(4)))
                                    : Optional.empty();
                        }
                    }
                });
    }

    /// Puts this in the place of what was known of the identity; durable when it returns.
    public void keep(StoredUsage usage) throws StoreFailed {
        store.write(
                "Cannot count what somebody uses",
                connection -> {
                    try (var insert =
                            connection.prepareStatement(
                                    "INSERT OR REPLACE INTO usage VALUES (?, ?, ?, ?, ?, ?)")) {
                        insert.setString(1, usage.issuer());
                        insert.setString(2, usage.subject());
                        insert.setLong(3, usage.minute());
                        insert.setLong(4, usage.statements());
                        insert.setLong(5, usage.day());
                        insert.setLong(6, usage.rows());
                        return insert.executeUpdate();
                    }
                });
    }
}
