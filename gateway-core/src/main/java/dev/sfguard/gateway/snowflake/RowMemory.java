package dev.sfguard.gateway.snowflake;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/// The memory that very long rows may take, of all requests together: a row is held whole, and
/// a few of the longest would fill the heap. Ordinary results take nothing of it.
public final class RowMemory {

    /// Of this process. A fifth holds one row of the longest, and leaves room for what else becomes
    /// of rows: their copies on the way to the recording and through the masks.
    public static final RowMemory HEAP = new RowMemory(Runtime.getRuntime().maxMemory() / 5);

    /// There is no room for a row now; the reply has to be refused, or cut when it has begun.
    public static final class Exhausted extends IOException {
        private static final long serialVersionUID = 1L;

        Exhausted(long most) {
            super(
                    "rows of many megabytes fill the memory that the gateway has for them (%d MiB)"
                                    .formatted(most >> 20)
                            + "; run the statement again when others have ended, or select less of"
                            + " the long column");
        }
    }

    private final long most;
    private final AtomicLong taken = new AtomicLong();

    RowMemory(long most) {
        this.most = most;
    }

    /// @throws Exhausted when there is not so much; then nothing was taken
    public void take(long bytes) throws Exhausted {
        if (taken.addAndGet(bytes) > most) {
            taken.addAndGet(-bytes);
            throw new Exhausted(most);
        }
    }

    public void giveBack(long bytes) {
        taken.addAndGet(-bytes);
    }

    public long most() {
        return most;
    }

    /// So far, and not given back.
    public long taken() {
        return taken.get();
    }
}
