package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.Tokens.Kind;
import java.util.EnumSet;
import java.util.Set;

/// What one plain statement does, its class's own effects included.
final class Effects {
    /// Words between CREATE and the kind of object.
    private static final Set<String> CREATE_MODIFIERS =
            Set.of(
                    "OR",
                    "REPLACE",
                    "ALTER",
                    "TEMP",
                    "TEMPORARY",
                    "VOLATILE",
                    "LOCAL",
                    "GLOBAL",
                    "TRANSIENT",
                    "SECURE",
                    "RECURSIVE",
                    "ORGANIZATION",
                    "MANAGED",
                    "EXTERNAL");

    private static final Set<String> TEMPORARY = Set.of("TEMP", "TEMPORARY", "VOLATILE");

    private Effects() {}

    static Set<Effect> of(StatementClass kind, Tokens tokens, Range range) {
        var effects = EnumSet.noneOf(Effect.class);
        switch (kind) {
            case MERGE -> merge(tokens, range, effects);
            case INSERT -> {
                effects.add(Effect.INSERT);
                if (overwrites(tokens, range)) {
                    effects.add(Effect.TRUNCATE);
                }
            }
            case CREATE -> create(tokens, range, effects);
            case ALTER, ALTER_USER -> alter(kind, tokens, range, effects);
            case DROP, UNDROP -> {
                effects.addAll(kind.implied());
                if (governsAccess(tokens, range.from() + 1, range.to())) {
                    effects.add(Effect.GRANT);
                }
            }
            default -> effects.addAll(kind.implied());
        }
        return effects;
    }

    /// The word that says which kind of object a CREATE, ALTER or DROP is about.
    static int objectKind(Tokens tokens, Range range) {
        int k = range.from() + 1;
        while (k < range.to() && CREATE_MODIFIERS.contains(tokens.word(k))) {
            k++;
        }
        return k;
    }

    static boolean isTemporary(Tokens tokens, Range range) {
        int object = objectKind(tokens, range);
        for (int k = range.from() + 1; k < object; k++) {
            if (TEMPORARY.contains(tokens.word(k))) {
                return true;
            }
        }
        return false;
    }

    private static void create(Tokens tokens, Range range, Set<Effect> effects) {
        effects.add(Effect.CREATE);
        int object = objectKind(tokens, range);
        for (int k = range.from() + 1; k < object; k++) {
            if (tokens.is(k, "REPLACE")) {
                effects.add(Effect.DROP);
            } else if (tokens.is(k, "ALTER")) {
                // Columns that the new definition leaves out are dropped.
                effects.add(Effect.ALTER);
                effects.add(Effect.DROP);
            }
        }
        if (governsAccess(tokens, object, range.to())) {
            effects.add(Effect.GRANT);
        }
    }

    private static void alter(
            StatementClass kind, Tokens tokens, Range range, Set<Effect> effects) {
        effects.addAll(kind.implied());
        int depth = 0;
        for (int k = range.from() + 1; k < range.to(); k++) {
            switch (tokens.kind(k)) {
                case OPEN -> depth++;
                case CLOSE -> depth--;
                case WORD -> {
                    if (depth == 0 && tokens.is(k, "DROP")) {
                        effects.add(Effect.DROP);
                    } else if (tokens.is(k, "POLICY") || tokens.is(k, "POLICIES")) {
                        effects.add(Effect.GRANT);
                    }
                }
                default -> {}
            }
        }
        if (governsAccess(tokens, range.from() + 1, range.to())) {
            effects.add(Effect.GRANT);
        }
    }

    /// Roles, shares and policies, by the up to four words in which a kind of object is
    /// written.
    private static boolean governsAccess(Tokens tokens, int object, int to) {
        for (int k = object; k < Math.min(object + 4, to) && tokens.kind(k) == Kind.WORD; k++) {
            switch (tokens.word(k)) {
                case "ROLE", "SHARE", "POLICY", "USER" -> {
                    return true;
                }
                case "TABLE", "VIEW", "SCHEMA", "IF" -> {
                    return false;
                }
                default -> {}
            }
        }
        return false;
    }

    private static void merge(Tokens tokens, Range range, Set<Effect> effects) {
        effects.add(Effect.MERGE);
        int depth = 0;
        for (int k = range.from(); k < range.to(); k++) {
            switch (tokens.kind(k)) {
                case OPEN -> depth++;
                case CLOSE -> depth--;
                case WORD -> {
                    if (depth == 0 && tokens.is(k, "THEN")) {
                        mergeAction(tokens.word(k + 1), effects);
                    }
                }
                default -> {}
            }
        }
    }

    private static void mergeAction(String word, Set<Effect> effects) {
        switch (word) {
            case "UPDATE" -> effects.add(Effect.UPDATE);
            case "DELETE" -> effects.add(Effect.DELETE);
            case "INSERT" -> effects.add(Effect.INSERT);
            default -> {}
        }
    }

    private static boolean overwrites(Tokens tokens, Range range) {
        // INSERT OVERWRITE INTO, INSERT OVERWRITE ALL; behind a WITH the INSERT stands further on.
        for (int k = range.from(); k < range.to(); k++) {
            if (tokens.is(k, "OVERWRITE") && tokens.is(k - 1, "INSERT")) {
                return true;
            }
        }
        return false;
    }
}
