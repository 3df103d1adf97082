package dev.sfguard.gateway.tunnel;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.identity.Secret;
import dev.sfguard.gateway.identity.TokenVerifier;
import dev.sfguard.gateway.identity.Verdict.Rejected;
import dev.sfguard.gateway.identity.Verdict.Verified;
import java.lang.System.Logger.Level;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.server.auth.AsyncAuthException;
import org.apache.sshd.server.auth.keyboard.InteractiveChallenge;
import org.apache.sshd.server.auth.keyboard.KeyboardInteractiveAuthenticator;
import org.apache.sshd.server.auth.pubkey.PublickeyAuthenticator;
import org.apache.sshd.server.session.ServerSession;

/// Lets people in: with a certificate of our authority, or as `_enroll` with a token. Plain keys
/// and
/// passwords are nobody's.
final class SshLogin implements PublickeyAuthenticator, KeyboardInteractiveAuthenticator {
    private static final System.Logger LOG = System.getLogger(SshLogin.class.getName());

    /// Enough to post a key; a connection that enrols has nothing else to do.
    private static final Duration ENROLMENT = Duration.ofMinutes(1);

    private final CertificateAuthority authority;
    private final TokenVerifier tokens;
    private final LongPredicate revoked;
    private final Handshake.Offer offer;
    private final Clock clock;

    SshLogin(
            CertificateAuthority authority,
            TokenVerifier tokens,
            LongPredicate revoked,
            Handshake.Offer offer,
            Clock clock) {
        this.authority = authority;
        this.tokens = tokens;
        this.revoked = revoked;
        this.offer = offer;
        this.clock = clock;
    }

    /// The library has checked the certificate's type, its dates and its signature by the key
    /// that
    /// it names; whether that key is ours, and all else, is checked here.
    @Override
    public boolean authenticate(String user, PublicKey key, ServerSession session) {
        TunnelSession.unbind(session);
        if (!(key instanceof OpenSshCertificate certificate)) {
            return false;
        }
        var refusal = refusal(user, certificate);
        if (refusal.isPresent()) {
            LOG.log(
                    Level.WARNING,
                    "certificate {0} refused: {1}",
                    Long.toUnsignedString(certificate.getSerial()),
                    refusal.get());
            return false;
        }
        var identity = CertifiedIdentity.of(certificate);
        identity.ifPresent(who -> bind(session, who, certificate.getSerial()));
        return identity.isPresent();
    }

    /// A newer certificate of the same serial may already know more of the subject.
    private void bind(ServerSession session, Identity certified, long serial) {
        TunnelSession.bind(session, authority.newest(serial).orElse(certified), serial);
    }

    private Optional<String> refusal(String user, OpenSshCertificate certificate) {
        Instant now = clock.instant();
        if (!authority.signed(certificate)) {
            return Optional.of("another authority signed it");
        }
        if (certificate.getType() != OpenSshCertificate.Type.USER) {
            return Optional.of("it is for a host");
        }
        // An empty list would mean "any user".
        if (user.equals(Handshake.ENROL_USER) || !certificate.getPrincipals().contains(user)) {
            return Optional.of("it is for another user");
        }
        if (!certificate.getCriticalOptions().isEmpty()) {
            return Optional.of("it has critical options, and none is known here");
        }
        if (!OpenSshCertificate.isValidAt(certificate, now)) {
            return Optional.of("it is not valid now");
        }
        if (certificate.getSerial() == 0 || revoked.test(certificate.getSerial())) {
            return Optional.of("it is revoked");
        }
        return CertifiedIdentity.of(certificate).isEmpty()
                ? Optional.of("it names nobody")
                : Optional.empty();
    }

    @Override
    public InteractiveChallenge generateChallenge(
            ServerSession session, String user, String language, String methods) {
        var challenge = new InteractiveChallenge();
        challenge.setInteractionName("sfguard");
        challenge.setLanguageTag("en");
        if (user.equals(Handshake.ENROL_USER)) {
            challenge.setInteractionInstruction(offer.toJson());
            challenge.addPrompt("Token: ", false);
        } else {
            challenge.setInteractionInstruction("Sign in with: sfguard login");
        }
        return challenge;
    }

    /// Runs apart from the library's threads: verifying may ask the issuer for its keys.
    @Override
    public boolean authenticate(ServerSession session, String user, List<String> answers) {
        TunnelSession.unbind(session);
        if (!user.equals(Handshake.ENROL_USER)
                || answers.size() != 1
                || answers.getFirst().isEmpty()) {
            return false;
        }
        var pending = new AsyncAuthException();
        var token = Secret.of(answers.getFirst());
        Thread.ofVirtual()
                .name("enrolment")
                .start(() -> pending.setAuthed(isVerified(session, token)));
        throw pending;
    }

    /// Never throws: the login would hang until its time-out.
    private boolean isVerified(ServerSession session, Secret token) {
        try {
            return switch (tokens.forEnrolment(token)) {
                case Verified(var identity) -> {
                    TunnelSession.bind(session, enrolling(identity), 0);
                    yield true;
                }
                case Rejected(var reason) -> {
                    LOG.log(Level.WARNING, "enrolment refused: {0}", reason);
                    yield false;
                }
            };
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "enrolment failed", e);
            return false;
        }
    }

    private Identity enrolling(Identity identity) {
        return new Identity(
                identity.subject(),
                identity.name(),
                identity.kind(),
                identity.groups(),
                identity.issuer(),
                clock.instant().plus(ENROLMENT));
    }
}
