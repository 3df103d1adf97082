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
          2  masked       sfguard exec shop -q "select name, ssn from customers limit 3"
          3  why          sfguard policy explain "select ssn from customers"
          4  a mistake    sfguard exec shop -q "drop database shop"
          5  who did what sfguard sessions
          6  the replay   sfguard replay last

        A change of orders waits for bo's yes. Begin it as ana, and go on in a second terminal:

          7  a change     sfguard exec shop -q "delete from orders where id = 7" --reason "ticket 812"

        In the second one as bo, who sees what is masked to ana:

          export SFGUARD_HOME=%3$s

          8  her request  sfguard requests
          9  say yes      sfguard approve ID
         10  not masked   sfguard exec shop -q "select name, ssn from customers limit 3"

        At a prompt:             sfguard shell shop
        As robot, an AI agent:   export SFGUARD_HOME=%4$s
        Your own tools work too: sfguard connect shop   prints settings for JDBC, Python, Node, dbt.
        The policy, to change:   %5$s/gateway/policy.yaml
        Everything lies in       %5$s
        """
                .formatted(
                        state.ssh(),
                        state.homes().get("ana"),
                        state.homes().get("bo"),
                        state.homes().get("robot"),
                        folder.root());
    }
}
