package dev.sfguard.gateway.sql;

/// Characters of a statement's text from `start` up to, without, `end`, in UTF-16 units.
public record Span(int start, int end) {}
