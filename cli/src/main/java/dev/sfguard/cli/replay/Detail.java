package dev.sfguard.cli.replay;

/// How much of a recording is told.
///
/// @param rows of a result that are shown, the rest being counted
/// @param widestCell in columns of a screen; what is wider is cut
/// @param fullText whether a statement that does not fit its line is told in full below it
public record Detail(int rows, int widestCell, boolean fullText) {
    public static final Detail SHORT = new Detail(20, 60, false);
    public static final Detail ALL = new Detail(Integer.MAX_VALUE, Integer.MAX_VALUE, true);
}
