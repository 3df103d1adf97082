package dev.sfguard.gateway.sql;

/// Tokens from `from` up to, without, `to`. Never empty where it stands for a statement.
record Range(int from, int to) {}
