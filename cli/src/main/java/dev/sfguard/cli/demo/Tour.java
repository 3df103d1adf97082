package dev.sfguard.cli.demo;

/// What the demo tells its newcomer: commands to copy.
final class Tour {
    private Tour() {}

    static String of(DemoState state, DemoFolder folder) {
        return """

        sfguard is up: a gateway (ssh %1$s) in front of a practice warehouse, on this machine only.
        You are ana, an analyst. Copy these, one after the other:

          export SFGUARD_HOME=%2$s

          1  a query      sfguard exec shop -q "select city, count(*) from customers group by city"
          2  masked       sfguard exec shop -q "select name, email, ssn from customers limit 3"
             bo sees all  SFGUARD_HOME=%3$s sfguard exec shop -q "select name, email, ssn from customers limit 3"
          3  why          sfguard policy explain "select ssn from customers"
          4  a mistake    sfguard exec shop -q "drop database shop"
          5  who did what sfguard sessions
          6  the replay   sfguard replay "$(sfguard sessions --blocked --limit 1 -o json | sed -n 's/.*"id" *: *"\\([^"]*\\)".*/\\1/p' | head -n 1)"

        Your own tools work too: sfguard connect shop   prints settings for JDBC, Python, Node, dbt.
        At a prompt:             sfguard shell shop
        As bo, who may write:    SFGUARD_HOME=%3$s sfguard shell shop
        The policy, to change:   %5$s/gateway/policy.yaml
        As robot, an AI agent:   SFGUARD_HOME=%4$s sfguard exec shop -q "select 1"

        Everything lies in %5$s
        """
                .formatted(
                        state.ssh(),
                        state.homes().get("ana"),
                        state.homes().get("bo"),
                        state.homes().get("robot"),
                        folder.root());
    }
}
