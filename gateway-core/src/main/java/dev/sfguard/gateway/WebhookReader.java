package dev.sfguard.gateway;

import dev.sfguard.gateway.approval.Webhook;
import dev.sfguard.gateway.identity.Secret;
import dev.sfguard.gateway.yaml.YamlMapping;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// Reads `approvals.webhooks` of the configuration: whom the gateway tells of held statements.
final class WebhookReader {
    private static final String FILE = "file:";

    private final Path folder;

    /// @param folder that paths in the configuration are relative to
    WebhookReader(Path folder) {
        this.folder = folder;
    }

    /// None, whatever the configuration names.
    static List<Webhook> unread(YamlMapping root) {
        root.optionalMapping("approvals");
        return List.of();
    }

    List<Webhook> read(YamlMapping root) {
        var approvals = root.optionalMapping("approvals");
        if (approvals.isEmpty()) {
            return List.of();
        }
        var webhooks = new ArrayList<Webhook>();
        var names = new HashSet<String>();
        for (var of : approvals.get().list("webhooks")) {
            var webhook = webhook(of);
            if (!names.add(webhook.name())) {
                of.problem(
                        of.place(),
                        "two webhooks are called \"%s\": give each a \"name\""
                                .formatted(webhook.name()));
            }
            webhooks.add(webhook);
        }
        approvals.get().finish();
        return webhooks;
    }

    private Webhook webhook(YamlMapping of) {
        var url = url(of);
        var webhook =
                new Webhook(
                        of.text("name", String.valueOf(url.getHost())),
                        Secret.of(url.toString()),
                        of.optionalChoice("format", Webhook.Format.class)
                                .orElse(Webhook.Format.JSON),
                        of.has("secret") ? Optional.of(secret(of)) : Optional.empty());
        of.finish();
        return webhook;
    }

    /// The address, or a file that holds it: whoever knows a chat's address can write there.
    private URI url(YamlMapping of) {
        String text = of.text("url");
        if (!text.startsWith(FILE)) {
            return Addresses.url(of, "url");
        }
        var content = content(of, "url");
        if (content.isEmpty()) {
            return Addresses.NOWHERE;
        }
        var url = Addresses.safe(content.get());
        if (url.isEmpty()) {
            of.problem("url", "the file holds no https:// URL (http:// only to loopback)");
        }
        return url.orElse(Addresses.NOWHERE);
    }

    private Secret secret(YamlMapping of) {
        if (!of.text("secret").startsWith(FILE)) {
            of.problem("secret", "\"secret\" must be file:PATH");
            return Secret.of("none");
        }
        return content(of, "secret").map(Secret::of).orElse(Secret.of("none"));
    }

    private Optional<String> content(YamlMapping of, String key) {
        var file = folder.resolve(of.text(key).substring(FILE.length()));
        try {
            var content = Files.readString(file).strip();
            if (content.isEmpty()) {
                of.problem(key, "%s is empty".formatted(file));
                return Optional.empty();
            }
            return Optional.of(content);
        } catch (IOException unreadable) {
            of.problem(key, "cannot read the file: " + unreadable.getMessage());
            return Optional.empty();
        }
    }
}
