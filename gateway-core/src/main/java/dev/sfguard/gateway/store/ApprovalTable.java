package dev.sfguard.gateway.store;

import dev.sfguard.gateway.store.StoredApproval.Person;
import dev.sfguard.gateway.store.StoredApproval.Revocation;
import dev.sfguard.gateway.store.StoredApproval.State;
import dev.sfguard.gateway.store.StoredApproval.Vote;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Held statements and what people say to them. Every step is one transaction that names the
/// state it leaves, so that of two who step at once one is told that he came second.
public final class ApprovalTable {
    private static final String FACTS =
            "id, fingerprint, state, subject, issuer, name, session, statement, request_id,"
                    + " query_id, attached, needed, created, expires, changed, until, facts, ";

    private static final String COLUMNS = FACTS + "request";
    private static final String WITHOUT_REQUEST = FACTS + "x''";

    private final Store store;

    ApprovalTable(Store store) {
        this.store = store;
    }

    /// Adds a held statement; durable when this returns.
    public void add(StoredApproval approval) throws StoreFailed {
        store.write(
                "Cannot remember a held statement",
                connection -> {
                    try (var insert =
                            connection.prepareStatement(
                                    "INSERT INTO approval (%s) VALUES (%s)"
                                            .formatted(COLUMNS, "?" + ", ?".repeat(17)))) {
                        fill(insert, approval);
                        return insert.executeUpdate();
                    }
                });
    }

    private static void fill(PreparedStatement insert, StoredApproval approval)
            throws SQLException {
        insert.setString(1, approval.id());
        insert.setString(2, approval.fingerprint());
        insert.setString(3, word(approval.state()));
        insert.setString(4, approval.requester().subject());
        insert.setString(5, approval.requester().issuer());
        insert.setString(6, approval.requester().name());
        insert.setString(7, approval.session());
        insert.setLong(8, approval.statement());
        insert.setString(9, approval.requestId());
        insert.setString(10, approval.queryId());
        insert.setInt(11, approval.attached() ? 1 : 0);
        insert.setString(12, words(approval.needed()));
        insert.setLong(13, approval.created().toEpochMilli());
        insert.setLong(14, approval.expires().toEpochMilli());
        insert.setLong(15, approval.changed().toEpochMilli());
        insert.setLong(16, approval.until().toEpochMilli());
        insert.setString(17, approval.facts());
        insert.setBytes(18, approval.request());
    }

    /// Takes the step when the statement is in one of the states that it leaves.
    ///
    /// @return whether this call took it
    public boolean step(String id, Set<State> from, State to, Instant now) throws StoreFailed {
        return store.write(
                "Cannot write a step of a held statement",
                connection -> step(connection, id, from, to, now));
    }

    private static boolean step(
            Connection connection, String id, Set<State> from, State to, Instant now)
            throws SQLException {
        var states =
                from.stream()
                        .map(ApprovalTable::word)
                        .collect(Collectors.joining("', '", "('", "')"));
        try (var update =
                connection.prepareStatement(
                        "UPDATE approval SET state = ?, changed = ? WHERE id = ? AND state IN "
                                + states)) {
            update.setString(1, word(to));
            update.setLong(2, now.toEpochMilli());
            update.setString(3, id);
            return update.executeUpdate() == 1;
        }
    }

    /// Makes the client of another request wait for this one: the identical statement came again.
    ///
    /// @return whether it was free to be taken
    public boolean attach(
            String id, String session, long statement, String requestId, String queryId)
            throws StoreFailed {
        return store.write(
                "Cannot attach to a held statement",
                connection -> {
                    try (var update =
                            connection.prepareStatement(
                                    """
                                    UPDATE approval SET attached = 1, session = ?, statement = ?,
                                      request_id = ?, query_id = ?
                                    WHERE id = ? AND attached = 0
                                      AND state IN ('pending', 'approved')""")) {
                        update.setString(1, session);
                        update.setLong(2, statement);
                        update.setString(3, requestId);
                        update.setString(4, queryId);
                        update.setString(5, id);
                        return update.executeUpdate() == 1;
                    }
                });
    }

    /// The client stopped waiting and leaves the request for later.
    public void detach(String id) throws StoreFailed {
        store.write(
                "Cannot detach from a held statement",
                connection -> {
                    try (var update =
                            connection.prepareStatement(
                                    "UPDATE approval SET attached = 0 WHERE id = ?")) {
                        update.setString(1, id);
                        return update.executeUpdate();
                    }
                });
    }

    /// What a vote came to.
    public enum Counted {
        /// The vote stands; more are needed.
        NOTED,
        /// The vote decided.
        DECIDED,
        /// The statement was not pending any more, or had expired.
        TOO_LATE,
        /// This person has voted already, perhaps through another issuer.
        TWICE
    }

    /// Adds a vote to a pending statement; the last that is needed decides it.
    ///
    /// @param until with approval: until when the identical statement needs none; null for once
    /// @throws StoreFailed also when somebody votes on what he asked himself: the table refuses it
    public Counted vote(String id, Vote vote, @Nullable Instant until) throws StoreFailed {
        return store.write("Cannot write a vote", connection -> vote(connection, id, vote, until));
    }

    private static Counted vote(
            Connection connection, String id, Vote vote, @Nullable Instant until)
            throws SQLException {
        List<Integer> needed;
        try (var select =
                connection.prepareStatement(
                        "SELECT needed FROM approval WHERE id = ? AND state = 'pending'"
                                + " AND expires > ?")) {
            select.setString(1, id);
            select.setLong(2, vote.at().toEpochMilli());
            try (var rows = select.executeQuery()) {
                if (!rows.next()) {
                    return Counted.TOO_LATE;
                }
                needed = numbers(rows.getString(1));
            }
        }
        if (votes(connection, id).stream().anyMatch(given -> given.by().is(vote.by()))) {
            return Counted.TWICE;
        }
        insert(connection, id, vote);
        if (!vote.approves()) {
            step(connection, id, Set.of(State.PENDING), State.DENIED, vote.at());
            return Counted.DECIDED;
        }
        if (!met(needed, votes(connection, id))) {
            return Counted.NOTED;
        }
        step(connection, id, Set.of(State.PENDING), State.APPROVED, vote.at());
        if (until != null) {
            until(connection, id, until);
        }
        return Counted.DECIDED;
    }

    private static void insert(Connection connection, String id, Vote vote) throws SQLException {
        try (var insert =
                connection.prepareStatement("INSERT INTO vote VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
            insert.setString(1, id);
            insert.setString(2, vote.by().subject());
            insert.setString(3, vote.by().issuer());
            insert.setString(4, vote.by().name());
            insert.setInt(5, vote.approves() ? 1 : 0);
            insert.setLong(6, vote.meets());
            insert.setString(7, vote.reason());
            insert.setLong(8, vote.at().toEpochMilli());
            insert.executeUpdate();
        }
    }

    /// Every demand has as many people's yes as it needs.
    private static boolean met(List<Integer> needed, List<Vote> votes) {
        for (int i = 0; i < needed.size(); i++) {
            long bit = 1L << i;
            long yes = votes.stream().filter(v -> v.approves() && (v.meets() & bit) != 0).count();
            if (yes < needed.get(i)) {
                return false;
            }
        }
        return true;
    }

    private static String words(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private static List<Integer> numbers(String words) {
        return Arrays.stream(words.split(",", -1)).map(Integer::valueOf).toList();
    }

    private static void until(Connection connection, String id, Instant until) throws SQLException {
        try (var update =
                connection.prepareStatement("UPDATE approval SET until = ? WHERE id = ?")) {
            update.setLong(1, until.toEpochMilli());
            update.setString(2, id);
            update.executeUpdate();
        }
    }

    /// Ends what `approve --for` granted, and takes back a yes that was not used yet.
    ///
    /// @return whether there was anything to end
    public boolean revoke(String id, Revocation revocation) throws StoreFailed {
        return store.write(
                "Cannot revoke an approval", connection -> revoke(connection, id, revocation));
    }

    private static boolean revoke(Connection connection, String id, Revocation revocation)
            throws SQLException {
        boolean granted;
        try (var update =
                connection.prepareStatement(
                        "UPDATE approval SET until = 0 WHERE id = ? AND until > ?")) {
            update.setString(1, id);
            update.setLong(2, revocation.at().toEpochMilli());
            granted = update.executeUpdate() == 1;
        }
        boolean unused =
                step(connection, id, Set.of(State.APPROVED), State.WITHDRAWN, revocation.at());
        if (!granted && !unused) {
            return false;
        }
        try (var insert =
                connection.prepareStatement(
                        "INSERT OR REPLACE INTO revocation VALUES (?, ?, ?, ?, ?, ?)")) {
            insert.setString(1, id);
            insert.setString(2, revocation.by().subject());
            insert.setString(3, revocation.by().issuer());
            insert.setString(4, revocation.by().name());
            insert.setString(5, revocation.reason());
            insert.setLong(6, revocation.at().toEpochMilli());
            insert.executeUpdate();
        }
        return true;
    }

    /// Who revoked it, and why.
    public Optional<Revocation> revocation(String id) throws StoreFailed {
        return store.read(
                connection -> {
                    try (var select =
                            connection.prepareStatement(
                                    "SELECT subject, issuer, name, reason, at FROM revocation"
                                            + " WHERE approval = ?")) {
                        select.setString(1, id);
                        try (var rows = select.executeQuery()) {
                            return rows.next()
                                    ? Optional.of(
                                            new Revocation(
                                                    new Person(
                                                            rows.getString(1),
                                                            rows.getString(2),
                                                            rows.getString(3)),
                                                    rows.getString(4),
                                                    Instant.ofEpochMilli(rows.getLong(5))))
                                    : Optional.<Revocation>empty();
                        }
                    }
                });
    }

    /// Everything whose time is over, as of now, leaves `PENDING` and `APPROVED`.
    ///
    /// @return the ids of what expired by this call
    public List<String> expire(Instant now) throws StoreFailed {
        return store.write(
                "Cannot expire held statements",
                connection -> {
                    var ids = new ArrayList<String>();
                    try (var update =
                            connection.prepareStatement(
                                    """
                                    UPDATE approval SET state = 'expired', changed = ?
                                    WHERE state IN ('pending', 'approved') AND expires <= ?
                                    RETURNING id""")) {
                        update.setLong(1, now.toEpochMilli());
                        update.setLong(2, now.toEpochMilli());
                        try (var rows = update.executeQuery()) {
                            while (rows.next()) {
                                ids.add(rows.getString(1));
                            }
                        }
                    }
                    return ids;
                });
    }

    /// When the next of the open requests expires.
    public Optional<Instant> soonestExpiry() throws StoreFailed {
        return store.read(
                connection -> {
                    try (var select =
                                    connection.prepareStatement(
                                            "SELECT MIN(expires) FROM approval"
                                                    + " WHERE state IN ('pending', 'approved')");
                            var rows = select.executeQuery()) {
                        long millis = rows.next() ? rows.getLong(1) : 0;
                        return millis == 0
                                ? Optional.<Instant>empty()
                                : Optional.of(Instant.ofEpochMilli(millis));
                    }
                });
    }

    /// What changed since the moment and was not told there yet in the state it is in, oldest
    /// first.
    ///
    /// @param place a webhook's name
    public List<StoredApproval> untold(String place, Instant since) throws StoreFailed {
        return select(
                """
                changed > %d AND state IN ('pending', 'approved', 'denied', 'expired', 'withdrawn')
                  AND NOT EXISTS (SELECT 1 FROM told WHERE told.approval = approval.id
                    AND told.place = ? AND told.state = approval.state)"""
                        .formatted(since.toEpochMilli()),
                place);
    }

    /// The place has heard of this state.
    public void told(String id, State state, String place) throws StoreFailed {
        store.write(
                "Cannot remember a notification",
                connection -> {
                    try (var insert =
                            connection.prepareStatement(
                                    "INSERT OR IGNORE INTO told VALUES (?, ?, ?)")) {
                        insert.setString(1, id);
                        insert.setString(2, word(state));
                        insert.setString(3, place);
                        return insert.executeUpdate();
                    }
                });
    }

    public Optional<StoredApproval> find(String id) throws StoreFailed {
        return select("id = ?", id).stream().findFirst();
    }

    /// The held statement of a session's request: after a restart a client that comes back finds
    /// its own by this.
    public Optional<StoredApproval> ofRequest(String session, String requestId) throws StoreFailed {
        return select("session = ? AND request_id = ?", session, requestId).stream().findFirst();
    }

    /// Of one session, in the order in which they were asked.
    public List<StoredApproval> ofSession(String session) throws StoreFailed {
        return select("session = ?", session);
    }

    /// What the identical statement of the same person could use: not attached to a client, and
    /// pending or approved; or granted for a time that is not over.
    public List<StoredApproval> usable(String fingerprint, Person requester, Instant now)
            throws StoreFailed {
        long moment = now.toEpochMilli();
        return select(
                """
                fingerprint = ? AND subject = ? AND issuer = ? AND (until > %d
                  OR (attached = 0 AND expires > %d AND state IN ('pending', 'approved')))"""
                        .formatted(moment, moment),
                fingerprint,
                requester.subject(),
                requester.issuer());
    }

    /// Forgets those that ended before this moment, with all that was said to them.
    ///
    /// @return how many they were
    public int forget(Instant before) throws StoreFailed {
        return store.write("Cannot forget old requests", connection -> forget(connection, before));
    }

    private static int forget(Connection connection, Instant before) throws SQLException {
        var old =
                """
                state NOT IN ('pending', 'approved', 'sent') AND changed < %1$d AND until < %1$d"""
                        .formatted(before.toEpochMilli());
        try (var statement = connection.createStatement()) {
            for (var table : List.of("vote", "told", "revocation")) {
                statement.executeUpdate(
                        "DELETE FROM %s WHERE approval IN (SELECT id FROM approval WHERE %s)"
                                .formatted(table, old));
            }
            return statement.executeUpdate("DELETE FROM approval WHERE " + old);
        }
    }

    /// How many of this person's wait for an answer.
    public long pending(Person requester) throws StoreFailed {
        return store.read(
                connection -> {
                    try (var select =
                            connection.prepareStatement(
                                    "SELECT COUNT(*) FROM approval WHERE state = 'pending'"
                                            + " AND subject = ? AND issuer = ?")) {
                        select.setString(1, requester.subject());
                        select.setString(2, requester.issuer());
                        try (var rows = select.executeQuery()) {
                            return rows.next() ? rows.getLong(1) : 0L;
                        }
                    }
                });
    }

    /// In these states, the newest first.
    public List<StoredApproval> inStates(Set<State> states, int most) throws StoreFailed {
        var words = states.stream().map(ApprovalTable::word).toArray(String[]::new);
        return select(
                "state IN (?%s) ORDER BY created DESC, id DESC LIMIT %d"
                        .formatted(", ?".repeat(words.length - 1), most),
                words);
    }

    /// Those in these states that were asked in this time, the newest first; for lists, so without
    /// the bytes of the requests.
    public List<StoredApproval> listed(Set<State> states, Instant since, Instant until, int most)
            throws StoreFailed {
        var words = states.stream().map(ApprovalTable::word).toArray(String[]::new);
        return select(
                WITHOUT_REQUEST,
                "state IN (?%s) AND created >= %d AND created < %d ORDER BY created DESC, id DESC LIMIT %d"
                        .formatted(
                                ", ?".repeat(words.length - 1),
                                since.toEpochMilli(),
                                until.toEpochMilli(),
                                most),
                words);
    }

    private List<StoredApproval> select(String where, String... values) throws StoreFailed {
        return select(COLUMNS, where, values);
    }

    private List<StoredApproval> select(String columns, String where, String[] values)
            throws StoreFailed {
        return store.read(
                connection -> {
                    var found = new ArrayList<StoredApproval>();
                    var order = where.contains("ORDER BY") ? "" : " ORDER BY created, id";
                    try (var select =
                            connection.prepareStatement(
                                    "SELECT "
                                            + columns
                                            + " FROM approval WHERE "
                                            + where
                                            + order)) {
                        for (int i = 0; i < values.length; i++) {
                            select.setString(i + 1, values[i]);
                        }
                        try (var rows = select.executeQuery()) {
                            while (rows.next()) {
                                found.add(read(rows, votes(connection, rows.getString(1))));
                            }
                        }
                    }
                    return found;
                });
    }

    private static StoredApproval read(ResultSet rows, List<Vote> votes) throws SQLException {
        return new StoredApproval(
                rows.getString(1),
                rows.getString(2),
                State.valueOf(rows.getString(3).toUpperCase(Locale.ROOT)),
                new Person(rows.getString(4), rows.getString(5), rows.getString(6)),
                rows.getString(7),
                rows.getLong(8),
                rows.getString(9),
                rows.getString(10),
                rows.getInt(11) == 1,
                numbers(rows.getString(12)),
                Instant.ofEpochMilli(rows.getLong(13)),
                Instant.ofEpochMilli(rows.getLong(14)),
                Instant.ofEpochMilli(rows.getLong(15)),
                Instant.ofEpochMilli(rows.getLong(16)),
                rows.getString(17),
                rows.getBytes(18),
                votes);
    }

    private static List<Vote> votes(Connection connection, String id) throws SQLException {
        var votes = new ArrayList<Vote>();
        try (var select =
                connection.prepareStatement(
                        "SELECT subject, issuer, name, approves, meets, reason, at FROM vote"
                                + " WHERE approval = ? ORDER BY at, subject")) {
            select.setString(1, id);
            try (var rows = select.executeQuery()) {
                while (rows.next()) {
                    votes.add(
                            new Vote(
                                    new Person(
                                            rows.getString(1),
                                            rows.getString(2),
                                            rows.getString(3)),
                                    rows.getInt(4) == 1,
                                    rows.getLong(5),
                                    rows.getString(6),
                                    Instant.ofEpochMilli(rows.getLong(7))));
                }
            }
        }
        return votes;
    }

    static String word(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
