package dev.sfguard.gateway;

import java.util.Optional;

/// The version that the jar's manifest names.
final class Version {
    private Version() {}

    static String text() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("unpacked build");
    }
}
