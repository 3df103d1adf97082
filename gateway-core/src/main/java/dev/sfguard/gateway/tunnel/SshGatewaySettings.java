package dev.sfguard.gateway.tunnel;

import java.net.InetSocketAddress;
import java.security.KeyPair;
import java.time.Duration;
import java.util.function.LongPredicate;
import java.util.function.Predicate;

/// How the SSH gateway listens and what it bears.
///
/// @param listen port 0 takes a free one
/// @param connections whether a name is a connection of this gateway
/// @param revoked whether a certificate's serial is revoked
/// @param offer what enrolling clients are told
public record SshGatewaySettings(
        InetSocketAddress listen,
        KeyPair hostKey,
        Predicate<String> connections,
        LongPredicate revoked,
        Handshake.Offer offer,
        Limits limits) {

    /// @param unauthenticated connections that have not logged in yet, of everybody together
    /// @param unauthenticatedPerAddress the same, of one address
    /// @param loginAttempts on one connection; a wrong certificate counts as two
    /// @param channels open at once on one connection
    /// @param loginTime from connecting to being logged in
    /// @param probe how often each peer must show that it is alive; it has as long to answer
    /// @param grace how long a tunnel outlives its certificate
    public record Limits(
            int unauthenticated,
            int unauthenticatedPerAddress,
            int loginAttempts,
            int channels,
            Duration loginTime,
            Duration probe,
            Duration grace) {

        /// What suits thousands of people.
        public static Limits usual() {
            return new Limits(
                    200,
                    20,
                    6,
                    256,
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(15),
                    Duration.ofMinutes(1));
        }

        public Limits withProbe(Duration newProbe, Duration newGrace) {
            return new Limits(
                    unauthenticated,
                    unauthenticatedPerAddress,
                    loginAttempts,
                    channels,
                    loginTime,
                    newProbe,
                    newGrace);
        }

        public Limits withLogin(int atOnce, int perAddress, Duration newLoginTime) {
            return new Limits(
                    atOnce, perAddress, loginAttempts, channels, newLoginTime, probe, grace);
        }
    }
}
