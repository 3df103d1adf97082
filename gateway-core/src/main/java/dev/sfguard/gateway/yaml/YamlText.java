package dev.sfguard.gateway.yaml;

/// A text and where it stands.
public record YamlText(String value, Place place) {}
