package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.identity.Identity;
import java.util.Optional;

/// One entry of `detectors`.
record Detector(Optional<People> who, Optional<People> unless, Masks.Detection detection) {

    boolean isFor(Identity identity) {
        return who.map(people -> people.include(identity)).orElse(true)
                && !unless.map(people -> people.include(identity)).orElse(false);
    }
}
