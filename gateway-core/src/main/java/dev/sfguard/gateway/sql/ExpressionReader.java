package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.ColumnUse.Form;
import dev.sfguard.gateway.sql.TableReference.Role;
import dev.sfguard.gateway.sql.Tokens.Kind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads expressions as what they are made of: names that may be columns, functions and
/// queries in parentheses. It needs no grammar of operators, so that no new one can hide a
/// column: a word counts as a column unless its place rules that out. Two operands never stand
/// side by side, so a name directly behind one is an alias or a keyword.
final class ExpressionReader {
    /// Functions whose arguments may have a FROM between them.
    private static final Set<String> TAKES_FROM =
            Set.of("EXTRACT", "TRIM", "SUBSTRING", "SUBSTR", "OVERLAY", "POSITION");

    /// Words before a literal that say its type.
    private static final Set<String> TYPED_LITERAL =
            Set.of("DATE", "TIME", "TIMESTAMP", "INTERVAL");

    /// Where an expression outside of parentheses ends, besides at the end of all.
    enum Until {
        /// A select list: at FROM and whatever may stand in its place.
        ITEMS,
        /// ON: at a comma, the next join and the query's other parts.
        CONDITION,
        /// At the next set operator.
        QUERY,
        /// At the closing parenthesis.
        CLOSE,
        /// At a comma, or a word that begins another part of a statement that changes rows.
        PART
    }

    private static final Set<String> PARTS = Set.of("FROM", "WHERE", "WHEN", "USING", "THEN");

    private final Cursor c;
    private final QueryReader queries;

    ExpressionReader(Cursor cursor, QueryReader queries) {
        this.c = cursor;
        this.queries = queries;
    }

    /// Reads up to where `until` says, and leaves what stands there to the caller.
    void read(Scope scope, Until until, @Nullable Outputs outputs) {
        new Run(scope, until, outputs).run();
    }

    /// One expression, or a list of them.
    private final class Run {
        private final Scope scope;
        private final Until until;
        private final @Nullable Outputs outputs;

        /// The words before the parentheses that are open.
        private final Deque<String> open = new ArrayDeque<>();

        private int cases;
        private boolean operand;
        private @Nullable String alias;
        private int aliasAt = -1;
        private @Nullable String soleName;
        private int itemSteps;
        private int itemFrom;
        private int itemUses;
        private int star = -1;
        private int behindStar;

        Run(Scope scope, Until until, @Nullable Outputs outputs) {
            this.scope = scope;
            this.until = until;
            this.outputs = outputs;
        }

        void run() {
            beginItem(c.at);
            while (!atEnd()) {
                step();
            }
            endItem();
        }

        private boolean atEnd() {
            Kind kind = c.kind();
            if (kind == Kind.END || kind == Kind.SEMICOLON) {
                return true;
            }
            if (!open.isEmpty()) {
                return false;
            }
            return kind == Kind.CLOSE
                    || (kind == Kind.WORD && stopsAt(c.word(c.at)))
                    || (endsAtComma() && c.isOperator(","))
                    || c.isOperator("->>");
        }

        private boolean endsAtComma() {
            return until == Until.CONDITION || until == Until.PART;
        }

        private boolean stopsAt(String word) {
            if (c.isOperator(c.at - 1, ".") || c.isOperator(c.at - 1, ":")) {
                return false;
            }
            boolean setOperator = queries.isSetOperator(c.at);
            return switch (until) {
                case ITEMS ->
                        (word.equals("FROM") && !isDistinctFrom(c.at))
                                || word.equals("INTO")
                                || setOperator
                                || isSection(word);
                case CONDITION ->
                        setOperator
                                || isSection(word)
                                || word.equals("ON")
                                || (operand && queries.isJoin(c.at));
                case QUERY -> setOperator;
                case PART -> PARTS.contains(word) && !isDistinctFrom(c.at) && cases == 0;
                case CLOSE -> false;
            };
        }

        /// These words are names too; as a part's first word they stand behind an operand.
        private boolean isSection(String word) {
            return Keywords.SECTIONS.contains(word)
                    && (Keywords.NEVER_COLUMN.contains(word) || operand)
                    && (!word.equals("START") || c.is(c.at + 1, "WITH"))
                    // WITHIN GROUP (…) is none.
                    && (!word.equals("GROUP") || c.is(c.at + 1, "BY"));
        }

        private void step() {
            int before = c.at;
            switch (c.kind()) {
                case OPEN -> open();
                case CLOSE -> {
                    open.pop();
                    operand = true;
                    c.at++;
                }
                case WORD, QUOTED -> name();
                case VARIABLE -> {
                    variable();
                    operand = true;
                    c.at++;
                }
                case OPERATOR -> operator();
                case STAGE, STRING -> {
                    if (c.kind() == Kind.STAGE || c.tokens.text(c.at).startsWith("'@")) {
                        queries.stage(c.at, Role.SOURCE);
                    }
                    operand = true;
                    c.at++;
                }
                case DOLLAR_STRING, NUMBER, PATH, BIND -> {
                    operand = true;
                    c.at++;
                }
                case SEMICOLON, END -> {}
            }
            if (c.at > before) {
                itemSteps++;
            }
        }

        private void open() {
            if (c.beginsQuery(c.at + 1)) {
                c.at++;
                queries.query(scope);
                c.expectClose();
                operand = true;
                return;
            }
            open.push(c.word(c.at - 1));
            operand = false;
            c.at++;
        }

        private void variable() {
            if (isPosition(c.at)) {
                use(Form.STAR, null);
            }
        }

        private boolean isPosition(int k) {
            return c.kind(k) == Kind.VARIABLE && Character.isDigit(c.tokens.text(k).charAt(1));
        }

        private void use(Form form, @Nullable NameChain chain) {
            c.reading.uses.add(new ColumnUse(scope, form, chain));
        }

        private void operator() {
            if (c.isOperator("*")) {
                star();
            } else if (c.isOperator("::")) {
                type();
            } else if (c.isOperator(":") && c.tokens.isName(c.at + 1) && !isObjectKey()) {
                path();
            } else if (c.isOperator(".") && c.tokens.isName(c.at + 1)) {
                c.at++;
                path();
            } else if (c.isOperator(",")) {
                if (open.isEmpty()) {
                    endItem();
                    beginItem(c.at + 1);
                    itemSteps = -1;
                }
                operand = false;
                c.at++;
            } else {
                operand = c.isOperator("]") || c.isOperator("}");
                c.at++;
            }
        }

        /// `{'key': value}`.
        private boolean isObjectKey() {
            return c.kind(c.at - 1) == Kind.STRING;
        }

        private void star() {
            boolean counted =
                    c.is(c.at - 2, "COUNT")
                            && c.kind(c.at - 1) == Kind.OPEN
                            && c.kind(c.at + 1) == Kind.CLOSE;
            if (!operand && !counted) {
                use(Form.STAR, null);
                openOutputs(c.at + 1);
                operand = true;
            } else {
                operand = counted;
            }
            c.at++;
        }

        private void openOutputs(int behind) {
            if (outputs != null && open.isEmpty()) {
                outputs.open();
                star = c.reading.uses.size() - 1;
                behindStar = behind;
            }
        }

        /// Behind `::` and CAST's AS.
        private void type() {
            c.at++;
            var chain = NameChain.at(c.tokens, c.at);
            if (chain == null || chain.to() > c.end) {
                operand = false;
                return;
            }
            c.at = chain.to();
            if (c.kind() == Kind.OPEN) {
                int behind = c.behindClose(c.at);
                for (int k = c.at; k < behind; k++) {
                    if (c.beginsQuery(k) || c.is(k, "FROM")) {
                        c.at = k;
                        c.stuck();
                        return;
                    }
                }
                c.at = behind;
            }
            operand = true;
        }

        /// `:a.b`, and a bind's `:name`.
        private void path() {
            c.at += c.isOperator(":") ? 2 : 1;
            while (c.isOperator(".") && c.tokens.isName(c.at + 1) && c.at + 1 < c.end) {
                c.at += 2;
            }
            operand = true;
        }

        private void name() {
            String word = c.word(c.at);
            if (word.equals("SELECT")) {
                queries.query(scope);
                operand = true;
            } else if (word.equals("AS")) {
                as();
            } else if (word.equals("IDENTIFIER") && c.kind(c.at + 1) == Kind.OPEN) {
                identifier();
            } else if (!word.isEmpty()
                    && Keywords.NEVER_COLUMN.contains(word)
                    && !c.isOperator(c.at + 1, ".")) {
                keyword(word);
            } else if (operand) {
                behindOperand(word);
            } else {
                chain();
            }
        }

        /// Of an item, its alias; of CAST, the type.
        private void as() {
            if (!open.isEmpty()) {
                type();
                return;
            }
            c.at++;
            if (c.tokens.isName(c.at) && c.at < c.end) {
                alias = c.tokens.name(c.at);
                aliasAt = c.at;
                c.at++;
            }
            operand = true;
        }

        private void keyword(String word) {
            switch (word) {
                case "CASE" -> cases++;
                case "FROM" -> {
                    boolean allowed =
                            isDistinctFrom(c.at)
                                    || (!open.isEmpty() && TAKES_FROM.contains(open.peek()));
                    if (!allowed) {
                        c.stuck();
                        return;
                    }
                }
                case "JOIN", "INTO" -> {
                    c.stuck();
                    return;
                }
                default -> {}
            }
            boolean function = c.kind(c.at + 1) == Kind.OPEN;
            operand = Keywords.VALUE.contains(word) && !function;
            c.at++;
        }

        /// An alias, or a word like DESC, NULLS, OVER or END.
        private void behindOperand(String word) {
            boolean ends = word.equals("END") && cases > 0;
            if (ends) {
                cases--;
            } else if (word.equals("TABLE") && c.kind(c.at + 1) == Kind.OPEN) {
                c.stuck();
                return;
            } else if (open.isEmpty() && until == Until.ITEMS) {
                alias = c.tokens.name(c.at);
                aliasAt = c.at;
            }
            call(NameChain.at(c.tokens, c.at), word);
            operand = ends || Keywords.POSTFIX.contains(word);
            c.at++;
        }

        private void chain() {
            String word = c.word(c.at);
            if (word.equals("END") && cases > 0) {
                cases--;
                operand = true;
                c.at++;
                return;
            }
            if (word.equals("TABLE") && c.kind(c.at + 1) == Kind.OPEN) {
                c.stuck();
                return;
            }
            var chain = NameChain.at(c.tokens, c.at);
            if (chain == null || chain.to() > c.end) {
                c.stuck();
                return;
            }
            c.reading.columnTokens.set(c.at);
            c.at = chain.to();
            operand = true;
            if (isOuterJoinMark(c.at)) {
                use(Form.NAME, chain);
                c.at += 3;
            } else if (c.kind() == Kind.OPEN) {
                call(chain, word);
                operand = false;
            } else if (c.isOperator("!")) {
                method(chain);
            } else if (c.isOperator(".") && c.isOperator(c.at + 1, "*")) {
                c.at += 2;
                use(Form.STAR, chain);
                openOutputs(c.at);
            } else if (c.isOperator(".") && isPosition(c.at + 1)) {
                c.at += 2;
                use(Form.STAR, chain);
            } else if (!isNoColumn(chain, word)) {
                use(Form.NAME, chain);
                soleName = chain.last();
                // As an operator it reads what follows; as a column it is read itself.
                operand = !(Keywords.PREFIX.contains(word) && c.tokens.isName(c.at));
            }
        }

        /// `t.a (+)`.
        private boolean isOuterJoinMark(int k) {
            return c.kind(k) == Kind.OPEN
                    && c.isOperator(k + 1, "+")
                    && c.kind(k + 2) == Kind.CLOSE;
        }

        private boolean isNoColumn(NameChain chain, String word) {
            boolean argumentName = c.isOperator("=>");
            boolean sequence =
                    chain.size() > 1
                            && (chain.last().equals("NEXTVAL") || chain.last().equals("CURRVAL"));
            boolean window =
                    (word.equals("UNBOUNDED") && (c.is("PRECEDING") || c.is("FOLLOWING")))
                            || (word.equals("CURRENT") && c.is("ROW"))
                            || (word.equals("PARTITION") && c.is("BY"))
                            || (word.equals("GROUPING") && c.is("SETS"));
            boolean literal = TYPED_LITERAL.contains(word) && c.kind() == Kind.STRING;
            return argumentName || sequence || window || literal;
        }

        private void call(@Nullable NameChain chain, String word) {
            boolean calls =
                    chain != null
                            && c.kind(chain.to()) == Kind.OPEN
                            && !(chain.size() == 1 && Keywords.NO_FUNCTION.contains(word));
            if (calls && chain != null) {
                c.reading.functions.add(String.join(".", chain.parts()));
            }
        }

        /// `model!METHOD(…)`: what it reads, its arguments apart, is its own.
        private void method(NameChain chain) {
            c.reading.functions.add(String.join(".", chain.parts()) + "!");
            c.at++;
            if (c.tokens.isName(c.at)) {
                c.at++;
            }
            operand = false;
        }

        /// A constant one is the column or function it names.
        private void identifier() {
            boolean constant = c.tokens.isLiteral(c.at + 2) && c.kind(c.at + 3) == Kind.CLOSE;
            var chain =
                    constant ? NameChain.inText(c.tokens.literal(c.at + 2), c.at, c.at + 4) : null;
            if (chain == null) {
                c.stuck();
                return;
            }
            c.reading.columnTokens.set(c.at);
            c.at += 4;
            if (c.kind() == Kind.OPEN) {
                c.reading.functions.add(String.join(".", chain.parts()));
                operand = false;
            } else {
                use(Form.NAME, chain);
                operand = true;
            }
        }

        private boolean isDistinctFrom(int k) {
            return c.is(k - 1, "DISTINCT") && (c.is(k - 2, "IS") || c.is(k - 2, "NOT"));
        }

        private void endItem() {
            String name = alias != null ? alias : itemSteps == 1 ? soleName : null;
            if (outputs != null && name != null) {
                outputs.add(name);
            }
            if (outputs != null && itemFrom < c.at) {
                var uses = new Range(itemUses, c.reading.uses.size());
                boolean named = alias == null || aliasAt == c.at - 1;
                outputs.add(new Outputs.Item(name, named, itemFrom, c.at, uses, star, behindStar));
            }
            alias = null;
            soleName = null;
            itemSteps = 0;
        }

        private void beginItem(int from) {
            itemFrom = from;
            itemUses = c.reading.uses.size();
            aliasAt = -1;
            star = -1;
        }
    }
}
