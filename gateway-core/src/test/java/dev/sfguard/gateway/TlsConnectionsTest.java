package dev.sfguard.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsConnectionsTest {
    private static final String PASSWORD = "changeit";
    private static final byte[] LARGE = bytes(5_000_000);

    @TempDir Path folder;
    private Server server;
    private ServerConnector connector;
    private SSLContext trusting;

    @BeforeEach
    void start() throws Exception {
        var keys = folder.resolve("keys.p12");
        var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        var made =
                new ProcessBuilder(
                                (keytool
                                                + " -genkeypair -alias https -keyalg EC -dname CN=localhost"
                                                + " -ext san=ip:127.0.0.1 -storetype PKCS12"
                                                + " -storepass "
                                                + PASSWORD
                                                + " -keystore "
                                                + keys)
                                        .split(" "))
                        .inheritIO()
                        .start();
        assertThat(made.waitFor()).isZero();
        var store = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(keys)) {
            store.load(in, PASSWORD.toCharArray());
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        trusting = SSLContext.getInstance("TLS");
        trusting.init(null, trust.getTrustManagers(), null);
        var context = new SslContextFactory.Server();
        context.setKeyStore(store);
        context.setKeyStorePassword(PASSWORD);
        var threads = new QueuedThreadPool();
        threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server = new Server(threads);
        connector =
                new ServerConnector(
                        server,
                        1,
                        1,
                        new TlsConnections(context, "http/1.1"),
                        new HttpConnectionFactory(new HttpConfiguration()));
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Large());
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    private static byte[] bytes(int length) {
        var bytes = new byte[length];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    /// Answers what was sent with its hash in a header, and {@link #LARGE} in pieces of odd sizes.
    private static final class Large extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback)
                throws Exception {
            try (InputStream in = Content.Source.asInputStream(request)) {
                var hash = MessageDigest.getInstance("SHA-256").digest(in.readAllBytes());
                response.getHeaders().put("X-Hash", HexFormat.of().formatHex(hash));
            }
            int at = 0;
            for (int piece = 1; at < LARGE.length; piece = piece * 3 % 400_009) {
                int length = Math.min(piece, LARGE.length - at);
                Content.Sink.write(response, false, ByteBuffer.wrap(LARGE, at, length));
                at += length;
            }
            callback.succeeded();
            return true;
        }
    }

    private HttpClient client(String protocol) {
        var parameters = new SSLParameters();
        parameters.setProtocols(new String[] {protocol});
        return HttpClient.newBuilder().sslContext(trusting).sslParameters(parameters).build();
    }

    private HttpRequest request(byte[] body) {
        return HttpRequest.newBuilder(
                        URI.create("https://127.0.0.1:" + connector.getLocalPort() + "/"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void bytes_arrive_whole_and_in_order_both_ways(String protocol) throws Exception {
        byte[] sent = bytes(3_000_001);
        try (var client = client(protocol)) {
            for (byte[] body : List.of(new byte[0], sent)) {
                var reply = client.send(request(body), HttpResponse.BodyHandlers.ofByteArray());

                assertThat(reply.body()).isEqualTo(LARGE);
                assertThat(reply.headers().firstValue("X-Hash"))
                        .hasValue(
                                HexFormat.of()
                                        .formatHex(
                                                MessageDigest.getInstance("SHA-256").digest(body)));
            }
        }
    }

    @Test
    void many_at_once_do_not_mix_their_bytes() {
        try (var client = client("TLSv1.3")) {
            var replies =
                    IntStream.range(0, 8)
                            .mapToObj(
                                    _ ->
                                            client.sendAsync(
                                                    request(new byte[10]),
                                                    HttpResponse.BodyHandlers.ofByteArray()))
                            .toList();
            assertThat(replies)
                    .extracting(CompletableFuture::join)
                    .allSatisfy(reply -> assertThat(reply.body()).isEqualTo(LARGE));
        }
    }

    @Test
    void reader_that_takes_little_at_once_gets_all_of_it() throws Exception {
        try (var socket =
                trusting.getSocketFactory().createSocket("127.0.0.1", connector.getLocalPort())) {
            // So small that the server's writes stop in the middle of their records.
            socket.setReceiveBufferSize(32_768);
            socket.getOutputStream()
                    .write(
                            "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            var got = new ByteArrayOutputStream();
            var block = new byte[1000];
            for (int n = socket.getInputStream().read(block);
                    n >= 0;
                    n = socket.getInputStream().read(block)) {
                got.write(block, 0, n);
            }
            assertThat(got.size()).isGreaterThan(LARGE.length);
        }
    }
}
