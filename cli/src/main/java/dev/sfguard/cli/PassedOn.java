package dev.sfguard.cli;

/// Ends with the exit status of a program that was run on the user's behalf.
public final class PassedOn extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    public PassedOn(int status) {
        super("status " + status, null, false, false);
        this.status = status;
    }

    public int status() {
        return status;
    }
}
