package dev.sfguard.gateway.approval;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.policy.Decision;

/// A statement that a rule holds, as the proxy hands it over.
///
/// @param fingerprint of the statement and all it was asked in
/// @param requester who asks, as an AI agent where the client says so
/// @param session, statement, requestId which statement of which session
/// @param queryId by which the client polls for it
/// @param attached whether a client waits for the answer
/// @param hold the rule's name, its approvers and how long it may wait
/// @param shown what a reviewer needs to see
/// @param request the client's request, byte for byte: after a restart it is what runs
// The request's bytes are written once and never compared.
@SuppressWarnings("ArrayRecordComponent")
public record HeldRequest(
        Fingerprint fingerprint,
        Identity requester,
        String session,
        long statement,
        String requestId,
        String queryId,
        boolean attached,
        Decision.Hold hold,
        Shown shown,
        byte[] request) {}
