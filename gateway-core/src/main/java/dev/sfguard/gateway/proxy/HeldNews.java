package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.approval.Approval;
import dev.sfguard.gateway.approval.Approvals;
import dev.sfguard.gateway.recording.RecordingFailed;
import dev.sfguard.gateway.store.StoreFailed;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// Writes reviewers' answers into the recordings of the sessions that wait for them, also while no
/// client asks. In a thread of its own: no answer waits for a disk.
final class HeldNews implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(HeldNews.class.getName());

    private final Sessions sessions;
    private final BlockingQueue<Approval> news = new LinkedBlockingQueue<>();
    private final Thread thread;

    private HeldNews(Sessions sessions) {
        this.sessions = sessions;
        this.thread = Thread.ofVirtual().name("held-news").unstarted(this::run);
    }

    static HeldNews start(Approvals approvals, Sessions sessions) {
        var started = new HeldNews(sessions);
        started.thread.start();
        approvals.listen(started.news::add);
        return started;
    }

    private void run() {
        try {
            while (true) {
                tell(news.take());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(Approval approval) {
        var stored = approval.stored();
        var session = sessions.live(stored.session());
        if (session.isEmpty()) {
            return;
        }
        var run = session.get().runs().ofRequest(stored.requestId());
        if (run.isEmpty()
                || run.get().number() != stored.statement()
                // Not yet: the request itself is recorded by whoever opened it.
                || run.get().approval() == null) {
            return;
        }
        try {
            session.get()
                    .heldEvents()
                    .tell(
                            session.get().recording(),
                            stored.statement(),
                            approval,
                            sessions.withdrawals().by(run.get().withdrawnBy(), approval));
            session.get().recording().commit();
        } catch (RecordingFailed | StoreFailed failed) {
            // Whoever asks for the statement next writes it.
            LOG.log(System.Logger.Level.WARNING, "an answer is not recorded yet", failed);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
