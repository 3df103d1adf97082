package dev.sfguard.gateway;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/// TLS as Jetty does it, but several of TLS's records of 16 KiB leave in one write to the socket: a
/// large result otherwise costs as much in system calls as in encryption.
final class TlsConnections extends SslConnectionFactory {

    /// Eight whole records.
    private static final int WRITE = 8 * (17 << 10);

    private final ByteBufferPool buffers = new Buffers();

    TlsConnections(SslContextFactory.Server context, String next) {
        super(context, next);
    }

    @Override
    protected SslConnection newSslConnection(
            Connector connector, EndPoint endPoint, SSLEngine engine) {
        return new ManyRecords(buffers, connector, getSslContextFactory(), endPoint, engine);
    }

    /// Gives a connection, which asks for room for one record, room for many.
    private static final class Buffers extends ByteBufferPool.Wrapper {
        Buffers() {
            super(new ArrayByteBufferPool(0, WRITE / 4, WRITE));
        }

        @Override
        public RetainableByteBuffer.Mutable acquire(int size, boolean direct) {
            return super.acquire(Math.max(size, WRITE), direct);
        }
    }

    private static final class ManyRecords extends SslConnection {
        ManyRecords(
                ByteBufferPool buffers,
                Connector connector,
                SslContextFactory context,
                EndPoint endPoint,
                SSLEngine engine) {
            super(buffers, connector.getExecutor(), context, endPoint, engine, false, false);
        }

        @Override
        protected SSLEngineResult wrap(SSLEngine engine, ByteBuffer[] input, ByteBuffer output)
                throws SSLException {
            int record = engine.getSession().getPacketBufferSize();
            int consumed = 0;
            int produced = 0;
            SSLEngineResult result;
            do {
                result = super.wrap(engine, input, output);
                consumed += result.bytesConsumed();
                produced += result.bytesProduced();
            } while (result.getStatus() == Status.OK
                    && result.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING
                    && result.bytesConsumed() > 0
                    && output.remaining() >= record
                    && hasRemaining(input));
            return new SSLEngineResult(
                    result.getStatus(), result.getHandshakeStatus(), consumed, produced);
        }

        private static boolean hasRemaining(ByteBuffer[] input) {
            for (var each : input) {
                if (each.hasRemaining()) {
                    return true;
                }
            }
            return false;
        }
    }
}
