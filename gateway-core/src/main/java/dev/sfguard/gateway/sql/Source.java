package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.TableReference.Clause;
import dev.sfguard.gateway.sql.TableReference.Form;
import dev.sfguard.gateway.sql.TableReference.Kind;
import dev.sfguard.gateway.sql.TableReference.Role;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One relation of a FROM, or a statement's target, with what is read of it. It is filled while
/// the statement is read and while its columns are resolved.
final class Source {
    final Kind kind;
    final Role role;

    /// The written name; null where nothing is named.
    final @Nullable NameChain chain;

    /// Of subqueries, common table expressions and functions: their columns. Null for an object.
    @Nullable Outputs outputs;

    /// The same without the alias' list of columns.
    final @Nullable Outputs beneath;

    /// The alias' list of columns; null without one.
    @Nullable Outputs listed;

    /// The common table expression that it is; null otherwise.
    @Nullable CommonTable common;

    /// Of a function and of VALUES: what is read in them, by place in {@link Reading#uses}.
    Range arguments = new Range(0, 0);

    final int from;
    int to;
    final List<Clause> clauses = new ArrayList<>();
    @Nullable String alias;
    int aliasFrom = -1;
    int aliasTo = -1;

    /// The alias' list of columns stands for the relation's own names.
    boolean renamed;

    /// It is the result of a PIVOT or of its like: other columns than the relation has.
    boolean reshaped;

    /// The name is a common table expression's if nothing else has it.
    boolean maybeCte;

    /// What the name may mean, once resolved.
    List<ObjectName> names = List.of();

    final Set<String> columns = new HashSet<>();
    boolean everyColumn;

    /// Of a target: the columns that are written.
    final Set<String> written = new HashSet<>();
    boolean everyWritten;

    /// What happens to it by standing here.
    ObjectAccess.Mode mode;

    /// It is a table or view, or what is read like one.
    boolean relation = true;

    /// A subquery: nothing of a reference.
    boolean derived;

    Source(
            Kind kind,
            Role role,
            @Nullable NameChain chain,
            @Nullable Outputs outputs,
            int from,
            int to) {
        this.kind = kind;
        this.role = role;
        this.mode = role == Role.TARGET ? ObjectAccess.Mode.WRITE : ObjectAccess.Mode.READ;
        this.chain = chain;
        this.outputs = outputs;
        this.beneath = outputs;
        this.from = from;
        this.to = to;
    }

    /// An object of a schema, and no common table expression.
    boolean namesObject() {
        return chain != null && kind != Kind.CTE;
    }

    void clause(Form form, Span span) {
        clauses.add(new Clause(form, span));
        switch (form) {
            case MATCH_RECOGNIZE, PIVOT, UNPIVOT -> {
                reshaped = true;
                everyColumn = true;
            }
            case TIME_TRAVEL, CHANGES, SAMPLE -> {}
        }
    }

    /// Whether `t` of `t.col`, `s` and `t` of `s.t.col` and so on mean this source.
    boolean answersTo(List<String> qualifier) {
        if (alias != null) {
            return qualifier.size() == 1 && qualifier.getFirst().equals(alias);
        }
        if (chain == null || qualifier.size() > chain.size()) {
            return false;
        }
        var tail = chain.parts().subList(chain.size() - qualifier.size(), chain.size());
        return tail.equals(qualifier);
    }
}
