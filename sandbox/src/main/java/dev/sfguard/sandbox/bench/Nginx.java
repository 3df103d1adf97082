package dev.sfguard.sandbox.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// nginx as a plain proxy that decides and records nothing: what a well-known C program costs in
/// the same place.
final class Nginx implements AutoCloseable {
    private static final List<Path> PLACES =
            List.of(Path.of("/usr/sbin/nginx"), Path.of("/usr/local/sbin/nginx"));

    private final Child process;
    private final int port;

    private Nginx(Child process, int port) {
        this.process = process;
        this.port = port;
    }

    /// Starts nginx before the upstream; empty when it is not installed.
    static Optional<Nginx> start(Path folder, int upstreamPort) throws IOException {
        Optional<Path> program = PLACES.stream().filter(Files::isExecutable).findFirst();
        if (program.isEmpty()) {
            return Optional.empty();
        }
        int port = Ports.free();
        Path file = folder.resolve("nginx.conf");
        Files.writeString(file, configuration(folder, port, upstreamPort));
        var process =
                Child.start(
                        "nginx",
                        Map.of(),
                        List.of(
                                program.get().toString(),
                                "-p",
                                folder.toString(),
                                "-c",
                                file.toString()));
        Ports.await(port, Duration.ofSeconds(10));
        return Optional.of(new Nginx(process, port));
    }

    int port() {
        return port;
    }

    private static String configuration(Path folder, int port, int upstreamPort) {
        return """
        daemon off;
        worker_processes 2;
        pid %1$s/nginx.pid;
        error_log %1$s/nginx.log;
        events { worker_connections 4096; }
        http {
          access_log off;
          client_body_temp_path %1$s/body;
          proxy_temp_path %1$s/proxy;
          fastcgi_temp_path %1$s/fastcgi;
          uwsgi_temp_path %1$s/uwsgi;
          scgi_temp_path %1$s/scgi;
          upstream snowflake { server 127.0.0.1:%3$d; keepalive 256; }
          server {
            listen 127.0.0.1:%2$d;
            keepalive_requests 100000000;
            underscores_in_headers on;
            location / {
              proxy_pass http://snowflake;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_set_header Host $http_host;
              proxy_max_temp_file_size 0;
            }
          }
        }
        """
                .formatted(folder, port, upstreamPort);
    }

    @Override
    public void close() {
        process.close();
    }
}
