package dev.sfguard.sandbox.issuer;

import dev.sfguard.sandbox.issuer.DeviceLogins.Waiting;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;

/// The pages on which a person answers a device login: plain forms, no script.
final class DevicePage {
    /// A page and the HTTP status it is sent with.
    record Page(int status, String html) {}

    private static final String STYLE =
            """
            :root { color-scheme: light dark; }
            body { font: 16px/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh;
                   display: grid; place-items: center; background: #eef1f5; color: #1c2733; }
            main { background: #fff; border-radius: 12px; padding: 2rem; width: 22rem;
                   max-width: calc(100vw - 5rem); box-shadow: 0 2px 16px #0002; }
            h1 { font-size: 1.3rem; margin: 0 0 .5rem; }
            label { display: block; margin-top: 1rem; font-weight: 600; }
            input { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem;
                    border: 1px solid #8fa1b3; border-radius: 6px; background: inherit;
                    color: inherit; }
            input[name=user_code] { font-family: ui-monospace, monospace; letter-spacing: .1em;
                                    text-transform: uppercase; }
            button { font: inherit; padding: .5rem 1rem; margin: 1.5rem .5rem 0 0; border: 0;
                     border-radius: 6px; background: #14639e; color: #fff; cursor: pointer; }
            button[value=deny] { background: #64748b; }
            .alert { background: #fdecea; color: #8c1d18; border-radius: 6px; padding: .5rem; }
            @media (prefers-color-scheme: dark) {
              body { background: #10161d; color: #dbe4ee; }
              main { background: #1b2530; }
            }
            """;

    /// The page's own style and nothing else; forms only to this issuer, never inside a frame.
    static final String CONTENT_SECURITY_POLICY =
            "default-src 'none'; style-src 'sha256-"
                    + sha256(STYLE)
                    + "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    private final DeviceLogins logins;

    DevicePage(DeviceLogins logins) {
        this.logins = logins;
    }

    Page show(Form query) {
        Optional<String> code = query.get("user_code");
        if (code.isEmpty()) {
            return askForCode(200, "");
        }
        return logins.waiting(code.get())
                .map(login -> signIn(200, login, ""))
                .orElseGet(DevicePage::unknownCode);
    }

    Page answer(Form form) {
        String code = form.get("user_code").orElse("");
        Waiting login = logins.waiting(code).orElse(null);
        if (login == null) {
            return code.isEmpty() ? askForCode(400, "Type the code.") : unknownCode();
        }
        if (form.get("action").orElse("approve").equals("deny")) {
            logins.deny(code);
            return done("Refused", "Nobody was signed in. You can close this page.");
        }
        String user = form.get("username").orElse("");
        if (logins.approve(code, user, form.get("password").orElse(""))) {
            return done(
                    "Signed in as " + user, "Go back to your terminal; you can close this page.");
        }
        return logins.waiting(code)
                .map(open -> signIn(403, open, "Wrong user or password."))
                .orElseGet(
                        () ->
                                askForCode(
                                        403,
                                        "Too many wrong passwords. Start again in your"
                                                + " terminal."));
    }

    private static Page unknownCode() {
        return askForCode(
                404,
                "That code is unknown, has expired or was answered. Check it, or start again.");
    }

    private static Page askForCode(int status, String alert) {
        return page(
                status,
                "Connect a device",
                alert,
                """
                <p>Type the code that your terminal shows.</p>
                <form method="get" action="/device">
                <label>Code <input name="user_code" autocomplete="off" autofocus required></label>
                <button>Continue</button>
                </form>
                """);
    }

    private static Page signIn(int status, Waiting login, String alert) {
        return page(
                status,
                "Sign in",
                alert,
                """
                <p><b>%s</b> asks to sign in as you. Go on only if your terminal shows this
                code:</p>
                <form method="post" action="/device">
                <label>Code <input name="user_code" value="%s" readonly></label>
                <label>User <input name="username" autocomplete="username" autofocus></label>
                <label>Password <input name="password" type="password"
                autocomplete="current-password"></label>
                <button name="action" value="approve">Sign in and approve</button>
                <button name="action" value="deny">Refuse</button>
                </form>
                """
                        .formatted(escape(login.clientId()), escape(login.userCode())));
    }

    private static Page done(String title, String text) {
        return page(200, title, "", "<p>" + escape(text) + "</p>");
    }

    private static Page page(int status, String title, String alert, String body) {
        String warning =
                alert.isEmpty()
                        ? ""
                        : "<p class=\"alert\" role=\"alert\">" + escape(alert) + "</p>";
        return new Page(
                status,
                """
                <!doctype html>
                <html lang="en"><head><meta charset="utf-8">
                <meta name="viewport" content="width=device-width">
                <title>%1$s - sandbox issuer</title>
                <style>%2$s</style></head>
                <body><main><h1>%1$s</h1>%3$s%4$s</main></body></html>
                """
                        .formatted(escape(title), STYLE, warning, body));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private static String sha256(String text) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }
}
