package dev.sfguard.gateway.proxy;

/// The one answer to one request. Exactly one of its methods ends it.
interface ClientReply {

    /// Scheme and authority by which the client reached us, for addresses of ours.
    String origin();

    /// A whole reply of the protocol: HTTP 200, also for errors. It cuts one that has begun.
    void json(byte[] json);

    void text(int status, String text);

    /// After this reply the connection ends: what else the client sends on it is not read.
    ClientReply last();

    /// A reply that may grow large; {@link #done} or {@link #cut} must follow.
    HeldOutput stream(String type);

    /// The same, of which more stays here until it is released.
    HeldOutput stream(String type, int kept);

    /// A large reply of bytes that are gzip's already; only for a client that {@link #takesGzip}.
    HeldOutput packedStream(String type);

    /// Whether the client reads gzip.
    boolean takesGzip();

    /// Ends a streamed reply; a small one leaves with its length.
    void done(HeldOutput output) throws ClientGone;

    /// Breaks the connection, so that what was sent is not taken for a whole reply.
    void cut(Throwable why);

    /// Ends the sending of a streamed reply, wherever it is; does nothing after {@link #done}.
    void abandon();
}
