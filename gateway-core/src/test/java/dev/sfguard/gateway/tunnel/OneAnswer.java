package dev.sfguard.gateway.tunnel;

import java.util.List;
import org.apache.sshd.client.auth.keyboard.UserInteraction;
import org.apache.sshd.client.session.ClientSession;

/// Answers every prompt with one text and remembers the instruction.
final class OneAnswer implements UserInteraction {
    private final String answer;
    volatile String instruction = "";

    OneAnswer(String answer) {
        this.answer = answer;
    }

    @Override
    public boolean isInteractionAllowed(ClientSession session) {
        return true;
    }

    @Override
    public String[] interactive(
            ClientSession session,
            String name,
            String instruction,
            String language,
            String[] prompt,
            boolean[] echo) {
        this.instruction = instruction;
        var answers = new String[prompt.length];
        java.util.Arrays.fill(answers, answer);
        return answers;
    }

    @Override
    public String getUpdatedPassword(ClientSession session, String prompt, String language) {
        throw new UnsupportedOperationException(String.valueOf(List.of(prompt)));
    }
}
