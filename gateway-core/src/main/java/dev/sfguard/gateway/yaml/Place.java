package dev.sfguard.gateway.yaml;

/// Where a value begins in its file: line and column from 1, columns in code points.
public record Place(int line, int column) {}
