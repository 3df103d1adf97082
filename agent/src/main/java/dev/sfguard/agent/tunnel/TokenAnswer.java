package dev.sfguard.agent.tunnel;

import dev.sfguard.gateway.identity.Secret;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.client.auth.keyboard.UserInteraction;
import org.apache.sshd.client.session.ClientSession;
import org.jspecify.annotations.Nullable;

/// Answers the gateway's one question with a token, once. The library asks only after the host key
/// was accepted.
final class TokenAnswer implements UserInteraction {
    private final Secret token;
    private final AtomicBoolean given = new AtomicBoolean();

    TokenAnswer(Secret token) {
        this.token = token;
    }

    @Override
    public String @Nullable [] interactive(
            ClientSession session,
            String name,
            String instruction,
            String language,
            String[] prompts,
            boolean[] echo) {
        if (prompts.length == 0) {
            return new String[0];
        }
        // A second question means no; the token must not be sent twice.
        return prompts.length == 1 && given.compareAndSet(false, true)
                ? new String[] {token.reveal()}
                : null;
    }

    @Override
    public @Nullable String getUpdatedPassword(
            ClientSession session, String prompt, String language) {
        return null;
    }
}
