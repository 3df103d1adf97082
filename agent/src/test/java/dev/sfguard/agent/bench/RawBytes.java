package dev.sfguard.agent.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutionException;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/// Stands where HTTP stands in the gateway, and copies bytes between a channel and a local port.
final class RawBytes extends AbstractConnectionFactory {
    static final String PROTOCOL = "raw";

    /// As much as the gateway's endpoint takes in one write.
    private static final int BLOCK = 256 * 1024;

    private final int targetPort;

    RawBytes(int targetPort) {
        super(PROTOCOL);
        this.targetPort = targetPort;
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
        return configure(new Copying(connector, endPoint, targetPort), connector, endPoint);
    }

    private static final class Copying extends AbstractConnection {
        private final Socket target = new Socket();
        private final int targetPort;
        private final ByteBuffer fromChannel = BufferUtil.allocate(BLOCK);

        Copying(Connector connector, EndPoint endPoint, int targetPort) {
            super(endPoint, connector.getExecutor());
            this.targetPort = targetPort;
        }

        @Override
        public void onOpen() {
            super.onOpen();
            try {
                target.setTcpNoDelay(true);
                target.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort));
            } catch (IOException e) {
                getEndPoint().close(e);
                return;
            }
            Thread.ofVirtual().name("back").start(this::copyBack);
            fillInterested();
        }

        @Override
        public void onFillable() {
            try {
                int filled = getEndPoint().fill(fromChannel);
                while (filled > 0) {
                    target.getOutputStream().write(BufferUtil.toArray(fromChannel));
                    BufferUtil.clear(fromChannel);
                    filled = getEndPoint().fill(fromChannel);
                }
                if (filled == 0) {
                    fillInterested();
                } else {
                    target.shutdownOutput();
                }
            } catch (IOException e) {
                getEndPoint().close(e);
            }
        }

        private void copyBack() {
            byte[] block = new byte[BLOCK];
            try {
                var in = target.getInputStream();
                for (int n = in.read(block); n >= 0; n = in.read(block)) {
                    var written = new Callback.Completable();
                    getEndPoint().write(written, ByteBuffer.wrap(block, 0, n));
                    written.get();
                }
                getEndPoint().shutdownOutput();
            } catch (IOException | ExecutionException e) {
                getEndPoint().close(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                getEndPoint().close(e);
            }
        }

        @Override
        public void onClose(Throwable cause) {
            super.onClose(cause);
            try {
                target.close();
            } catch (IOException gone) {
                // It is closed either way.
                return;
            }
        }
    }
}
