package dev.sfguard.gateway.sql;

/// One statement of a request's text.
///
/// @param text the statement as written, from its first to its last token
/// @param offset where it begins in the request's text, in UTF-16 units
public record Statement(String text, int offset) {}
