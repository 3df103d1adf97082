package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.policy.Policy;
import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.sql.ObjectName;
import java.util.List;
import java.util.Optional;

/// Which columns may not be seen as they are.
///
/// @param who the asker; several where it is not known as which of them he asked
/// @param catalog what is known of the account's tables
record Protection(Policy policy, List<Identity> who, Catalog catalog) {
    Protection {
        who = List.copyOf(who);
    }

    Protection(Policy policy, Identity who, Catalog catalog) {
        this(policy, List.of(who), catalog);
    }

    /// The name of the mask before the column.
    Optional<String> maskOf(ObjectName object, String column) {
        return who.stream()
                .flatMap(each -> policy.maskOf(each, object, column).stream())
                .findFirst();
    }

    /// The object has such a column; or it may have one, as its columns are not known.
    boolean concerns(ObjectName object) {
        if (who.stream().noneMatch(each -> policy.mayMask(each, object))) {
            return false;
        }
        var columns = catalog.find(object).map(Catalog.Relation::columns).orElse(List.of());
        return columns.isEmpty()
                || columns.stream().anyMatch(it -> maskOf(object, it.name()).isPresent());
    }
}
