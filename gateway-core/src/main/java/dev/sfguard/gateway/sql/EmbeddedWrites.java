package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.Tokens.Kind;
import java.util.Optional;

/// A statement in parentheses inside of another: a CTE that writes, a result set of a block.
final class EmbeddedWrites {
    /// How far behind `(UPDATE` the SET may stand: a name of five parts and an alias.
    private static final int SET_WITHIN = 12;

    private EmbeddedWrites() {}

    /// The class of the statement that begins behind this opening parenthesis, when it is one
    /// that does more than read.
    static Optional<StatementClass> behind(Tokens tokens, int open) {
        int k = open + 1;
        if (tokens.kind(k) != Kind.WORD || tokens.kind(k + 1) == Kind.OPEN) {
            return Optional.empty();
        }
        return switch (tokens.word(k)) {
            case "DELETE" -> when(tokens.is(k + 1, "FROM"), StatementClass.DELETE);
            case "INSERT" -> when(isInsert(tokens, k + 1), StatementClass.INSERT);
            case "MERGE" -> when(tokens.is(k + 1, "INTO"), StatementClass.MERGE);
            case "UPDATE" -> when(hasSet(tokens, k + 1), StatementClass.UPDATE);
            case "TRUNCATE" -> when(tokens.isName(k + 1), StatementClass.TRUNCATE);
            case "CALL" -> when(tokens.isName(k + 1), StatementClass.CALL);
            case "EXECUTE" -> when(tokens.isName(k + 1), StatementClass.EXECUTE);
            case "COPY" -> when(tokens.is(k + 1, "INTO"), StatementClass.COPY_UNLOAD);
            case "GET" ->
                    when(
                            tokens.kind(k + 1) == Kind.STAGE || tokens.isLiteral(k + 1),
                            StatementClass.GET);
            default -> Optional.empty();
        };
    }

    private static Optional<StatementClass> when(boolean condition, StatementClass found) {
        return condition ? Optional.of(found) : Optional.empty();
    }

    private static boolean isInsert(Tokens tokens, int k) {
        return switch (tokens.word(k)) {
            case "INTO", "OVERWRITE", "ALL", "FIRST" -> true;
            default -> false;
        };
    }

    private static boolean hasSet(Tokens tokens, int from) {
        for (int k = from; k < from + SET_WITHIN; k++) {
            if (tokens.is(k, "SET")) {
                return true;
            }
        }
        return false;
    }
}
