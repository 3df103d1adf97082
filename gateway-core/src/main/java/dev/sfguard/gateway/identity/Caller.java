package dev.sfguard.gateway.identity;

/// Who stands behind one tunnelled HTTP connection, and which virtual host it opened. The tunnel's
/// endpoint
/// hands it out as its transport object, where no header of a client can reach.
///
/// @param identity proven by the SSH certificate, or by the token of an enrolment
/// @param certificateSerial the enrolment's serial; 0 while enrolling, when there is no certificate
/// @param virtualHost a connection's name, or `api`
/// @param tunnel names the SSH session, so that connections through one tunnel can be grouped
public record Caller(Identity identity, long certificateSerial, String virtualHost, String tunnel) {

    public boolean isEnrolling() {
        return certificateSerial == 0;
    }
}
