package dev.sfguard.gateway.sql;

/// A place in a text as people count: line and column from 1, columns in UTF-16 units.
record Place(int line, int column) {

    static Place of(String text, int offset) {
        int line = 1;
        int lineStart = 0;
        int end = Math.min(offset, text.length());
        for (int feed = text.indexOf('\n'); feed >= 0 && feed < end; ) {
            line++;
            lineStart = feed + 1;
            feed = text.indexOf('\n', lineStart);
        }
        return new Place(line, offset - lineStart + 1);
    }

    @Override
    public String toString() {
        return line + ":" + column;
    }
}
