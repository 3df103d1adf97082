package dev.sfguard.cli.approval;

import dev.sfguard.cli.TimeOption;
import dev.sfguard.cli.output.Cell;
import dev.sfguard.cli.output.Column;
import java.util.List;
import java.util.function.Function;

/// The columns of a list of held statements: a few for people, all for machines.
final class RequestTable {
    /// Of a statement, so that a line fits most screens.
    private static final int LONGEST = 60;

    private record Field(Column column, Function<HeldStatement, Cell> of) {}

    private static final List<Field> NARROW =
            List.of(
                    text("id", HeldStatement::id),
                    text("state", HeldStatement::state),
                    text("age", it -> TimeOption.brief(it.age())),
                    text("left", it -> it.isPending() ? TimeOption.brief(it.left()) : ""),
                    text("requester", HeldStatement::requester),
                    text("connection", HeldStatement::connection),
                    text("rule", HeldStatement::rule),
                    text("statement", it -> cut(it.statement())));

    private static final List<Field> ALL =
            List.of(
                    text("id", HeldStatement::id),
                    text("state", HeldStatement::state),
                    new Field(Column.moment("created"), it -> new Cell.Moment(it.created())),
                    new Field(Column.moment("expires"), it -> new Cell.Moment(it.expires())),
                    new Field(Column.number("age_seconds"), it -> Cell.number(it.age())),
                    new Field(Column.number("left_seconds"), it -> Cell.number(it.left())),
                    text("requester", HeldStatement::requester),
                    text("kind", HeldStatement::kind),
                    text("connection", HeldStatement::connection),
                    text("rule", HeldStatement::rule),
                    text("missing", HeldStatement::missing),
                    new Field(new Column("mine", "BOOLEAN", false), it -> new Cell.Flag(it.mine())),
                    new Field(
                            new Column("may_answer", "BOOLEAN", false),
                            it -> new Cell.Flag(it.mayAnswer())),
                    text("statement", HeldStatement::statement));

    private RequestTable() {}

    private static Field text(String name, Function<HeldStatement, String> of) {
        return new Field(Column.text(name), it -> Cell.text(of.apply(it)));
    }

    /// @param narrow for people
    static List<Column> columns(boolean narrow) {
        return fields(narrow).stream().map(Field::column).toList();
    }

    static List<Cell> row(HeldStatement request, boolean narrow) {
        return fields(narrow).stream().map(field -> field.of().apply(request)).toList();
    }

    private static List<Field> fields(boolean narrow) {
        return narrow ? NARROW : ALL;
    }

    static String cut(String statement) {
        int length = statement.codePointCount(0, statement.length());
        return length <= LONGEST
                ? statement
                : statement.substring(0, statement.offsetByCodePoints(0, LONGEST - 1)) + "…";
    }
}
