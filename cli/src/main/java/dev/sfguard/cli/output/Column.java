package dev.sfguard.cli.output;

/// A column of rows to print.
///
/// @param name as the server gives it; two columns may share one
/// @param type as the server names it, in upper case: `FIXED`, `TEXT`, …
/// @param isNumber whether a table sets it to the right
public record Column(String name, String type, boolean isNumber) {

    public static Column text(String name) {
        return new Column(name, "TEXT", false);
    }

    public static Column number(String name) {
        return new Column(name, "NUMBER", true);
    }

    public static Column moment(String name) {
        return new Column(name, "TIMESTAMP", false);
    }
}
