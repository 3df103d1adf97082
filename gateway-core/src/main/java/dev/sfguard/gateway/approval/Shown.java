package dev.sfguard.gateway.approval;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sfguard.gateway.policy.Decision;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a reviewer is shown of a held statement. Text, binds and prompt are redacted for display;
/// the raw ones are in the recording and in the request.
///
/// @param kind of the requester: `human`, `agent`, `workload`
/// @param text the statement, redacted
/// @param binds shown values, redacted; null where there are none
/// @param objects `READ DB.SCHEMA.NAME` and so on; a text that says so where they are not known
/// @param context `role ANALYST, database SHOP…`
/// @param approvers all of these demands must be met
/// @param locks whether an open transaction keeps locks while the statement waits
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Shown(
        String kind,
        List<String> groups,
        String application,
        String connection,
        String context,
        String text,
        @Nullable String binds,
        List<String> classes,
        List<String> effects,
        List<String> objects,
        String rule,
        @Nullable String message,
        List<Demand> approvers,
        String policyVersion,
        @Nullable String agent,
        @Nullable String prompt,
        @Nullable String reason,
        boolean locks) {

    /// Who has to say yes.
    ///
    /// @param rule whose demand it is
    /// @param groups one of them is enough
    public record Demand(String rule, List<String> groups, int atLeast) {
        public Demand {
            groups = List.copyOf(groups);
        }

        static Demand of(Decision.Approvers approvers) {
            return new Demand(
                    approvers.rule(),
                    approvers.groups().stream().sorted().toList(),
                    approvers.atLeast());
        }
    }

    /// The demands of a rule, or of several.
    public static List<Demand> demands(Decision.Hold hold) {
        return hold.approvers().stream().map(Demand::of).toList();
    }

    public Shown {
        groups = List.copyOf(groups);
        classes = List.copyOf(classes);
        effects = List.copyOf(effects);
        objects = List.copyOf(objects);
        approvers = List.copyOf(approvers);
    }
}
