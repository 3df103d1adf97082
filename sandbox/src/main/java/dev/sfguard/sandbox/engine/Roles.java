package dev.sfguard.sandbox.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/// Who may do what, coarsely: a role has kinds of power over the whole account, not over single
/// objects.
public final class Roles {
    /// What a role may do.
    public enum Power {
        READ,
        WRITE,
        DEFINE,
        ADMINISTER
    }

    /// One line of SHOW GRANTS.
    record Grant(String privilege, String on, String name, String role) {}

    private final Map<String, Set<Power>> powers = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> rolesOfUsers = new ConcurrentHashMap<>();
    private final List<Grant> grants = new ArrayList<>();

    Roles() {
        add("PUBLIC");
        add("ANALYST_RO", Power.READ);
        add("AGENT_RO", Power.READ);
        add("ANALYST_RW", Power.READ, Power.WRITE);
        add("DBA", Power.READ, Power.WRITE, Power.DEFINE);
        add("SYSADMIN", Power.READ, Power.WRITE, Power.DEFINE);
        add("USERADMIN", Power.ADMINISTER);
        add("SECURITYADMIN", Power.ADMINISTER);
        add("ACCOUNTADMIN", Power.values());
    }

    void addUser(String user, Collection<String> roles) {
        var names = new TreeSet<>(roles);
        names.add("PUBLIC");
        rolesOfUsers.put(user, names);
        roles.forEach(this::add);
    }

    /// A new role may do nothing; one that exists stays as it is.
    void add(String role) {
        powers.putIfAbsent(role, EnumSet.noneOf(Power.class));
    }

    private void add(String role, Power... able) {
        powers.put(role, EnumSet.copyOf(List.of(able)));
    }

    boolean exists(String role) {
        return powers.containsKey(role);
    }

    Set<String> names() {
        return new TreeMap<>(powers).navigableKeySet();
    }

    Set<String> of(String user) {
        return Set.copyOf(rolesOfUsers.getOrDefault(user, Set.of("PUBLIC")));
    }

    boolean may(String user, String role) {
        return of(user).contains(role);
    }

    boolean has(Collection<String> roles, Power power) {
        return roles.stream().anyMatch(role -> powers.getOrDefault(role, Set.of()).contains(power));
    }

    /// Gives a role the power that a privilege amounts to.
    synchronized void grant(Grant grant) {
        grants.add(grant);
        powers.computeIfAbsent(grant.role(), _ -> EnumSet.noneOf(Power.class))
                .addAll(powersOf(grant.privilege()));
    }

    synchronized void revoke(Grant grant) {
        grants.removeIf(grant::equals);
        powers.getOrDefault(grant.role(), EnumSet.noneOf(Power.class))
                .removeAll(powersOf(grant.privilege()));
    }

    void grantRole(String role, String user) {
        rolesOfUsers.computeIfAbsent(user, _ -> new TreeSet<>(Set.of("PUBLIC"))).add(role);
    }

    void revokeRole(String role, String user) {
        rolesOfUsers.getOrDefault(user, new TreeSet<>()).remove(role);
    }

    void drop(String role) {
        powers.remove(role);
        rolesOfUsers.values().forEach(roles -> roles.remove(role));
    }

    synchronized List<Grant> grantsTo(String role) {
        return grants.stream().filter(grant -> grant.role().equals(role)).toList();
    }

    private static Set<Power> powersOf(String privilege) {
        return switch (privilege) {
            case "SELECT" -> EnumSet.of(Power.READ);
            case "INSERT", "UPDATE", "DELETE", "TRUNCATE" -> EnumSet.of(Power.WRITE);
            case "OWNERSHIP", "ALL", "ALL PRIVILEGES" ->
                    EnumSet.of(Power.READ, Power.WRITE, Power.DEFINE);
            default ->
                    privilege.startsWith("CREATE")
                            ? EnumSet.of(Power.DEFINE)
                            : EnumSet.noneOf(Power.class);
        };
    }
}
