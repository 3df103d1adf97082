package dev.sfguard.sandbox.issuer;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A person at a browser, without either: opens the page of a device login, fills in its forms and
/// submits them until there is none left. Works with this issuer and with others whose pages are
/// plain forms.
public final class DeviceApprover {
    /// Code, login, consent, confirmation: no issuer asks more.
    private static final int MAX_PAGES = 6;

    /// Issuers mark their cookies Secure even on http://127.0.0.1, where a browser sends them and
    /// the JDK's cookie store does not; so they are kept here.
    private final Map<String, String> cookies = new LinkedHashMap<>();

    private final Map<String, String> answers;
    private final boolean refuse;

    private record Page(URI uri, String html) {}

    private DeviceApprover(Map<String, String> answers, boolean refuse) {
        this.answers = answers;
        this.refuse = refuse;
    }

    /// Signs in and approves.
    ///
    /// @param verificationUriComplete the page's address with the user code in it
    /// @throws IOException when the issuer refuses (wrong password, unknown or expired code) or
    ///     does not answer; the message holds what its page says
    public static void approve(URI verificationUriComplete, String user, String password)
            throws IOException, InterruptedException {
        var typed = Map.of("username", user, "login", user, "password", password);
        new DeviceApprover(typed, false).walk(verificationUriComplete);
    }

    /// Presses the button that refuses.
    public static void deny(URI verificationUriComplete) throws IOException, InterruptedException {
        new DeviceApprover(Map.of(), true).walk(verificationUriComplete);
    }

    private void walk(URI first) throws IOException, InterruptedException {
        try (var http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build()) {
            Page page = get(http, first);
            for (int i = 0; i < MAX_PAGES; i++) {
                Optional<HtmlForm> form = HtmlForm.find(page.html());
                if (form.isEmpty()) {
                    return;
                }
                page = submit(http, page, form.get());
                if (refuse && form.get().canRefuse()) {
                    return;
                }
            }
        }
        throw new IOException("The issuer at " + first + " still shows a form after " + MAX_PAGES);
    }

    private Page submit(HttpClient http, Page page, HtmlForm form)
            throws IOException, InterruptedException {
        String body = form.filled(answers, refuse);
        URI target = page.uri().resolve(form.action().orElse(page.uri().toString()));
        if (!form.post()) {
            return get(http, URI.create(target.toString().replaceFirst("\\?.*", "") + "?" + body));
        }
        return follow(
                http,
                request(target)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(body)));
    }

    private Page get(HttpClient http, URI uri) throws IOException, InterruptedException {
        return follow(http, request(uri));
    }

    private Page follow(HttpClient http, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        var response = send(http, request.build());
        for (int i = 0; i < MAX_PAGES && response.statusCode() / 100 == 3; i++) {
            URI next = response.uri().resolve(response.headers().firstValue("Location").orElse(""));
            response = send(http, request(next).build());
        }
        if (response.statusCode() != 200) {
            throw new IOException(
                    "The issuer's page answered %d: %s"
                            .formatted(
                                    response.statusCode(), HtmlForm.visibleText(response.body())));
        }
        return new Page(response.uri(), response.body());
    }

    private HttpRequest.Builder request(URI uri) {
        var builder = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30));
        if (!cookies.isEmpty()) {
            var pairs = cookies.entrySet().stream().map(c -> c.getKey() + "=" + c.getValue());
            builder.header("Cookie", String.join("; ", pairs.toList()));
        }
        return builder;
    }

    private HttpResponse<String> send(HttpClient http, HttpRequest request)
            throws IOException, InterruptedException {
        var response = http.send(request, BodyHandlers.ofString());
        for (String cookie : response.headers().allValues("Set-Cookie")) {
            String[] pair = cookie.split(";", 2)[0].split("=", 2);
            cookies.put(pair[0], pair.length == 2 ? pair[1] : "");
        }
        return response;
    }
}
