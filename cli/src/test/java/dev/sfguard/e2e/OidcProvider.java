package dev.sfguard.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/// The npm package oidc-provider, a certified issuer, as a process of its own.
record OidcProvider(Process process, Writer orders, URI uri) implements AutoCloseable {

    static OidcProvider start() throws Exception {
        var project =
                NpmProject.install(
                        "oidc-provider", "signing in at a certified issuer is not tested");
        var process = project.node("issuer.mjs").start();
        var said =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = said.readLine();
        if (line == null) {
            throw new AssertionError(
                    "the issuer did not start: see target/oidc-provider/issuer.mjs.err");
        }
        return new OidcProvider(
                process, process.outputWriter(StandardCharsets.UTF_8), URI.create(line));
    }

    /// How long the device codes last that are given out from now on.
    void lifeOfDeviceCodes(int seconds) throws IOException {
        orders.write("device-code-seconds " + seconds + "\n");
        orders.flush();
    }

    @Override
    public void close() throws Exception {
        orders.close();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
