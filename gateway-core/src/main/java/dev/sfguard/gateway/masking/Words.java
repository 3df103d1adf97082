package dev.sfguard.gateway.masking;

/// Words that announce what follows them.
final class Words {
    private Words() {}

    /// One of the words stands within so many bytes before the place, and nothing but blanks and
    /// signs and short words between.
    static boolean before(byte[] text, int from, int at, int distance, String[] words) {
        int start = Math.max(from, at - distance);
        for (int end = at; end > start; end--) {
            // A digit between belongs to another number: the word announced that one.
            if (Ascii.isDigit(text[end - 1])) {
                return false;
            }
            boolean ends = end == at || !Ascii.isLetter(text[end]);
            if (ends && Ascii.isLetter(text[end - 1])) {
                for (String word : words) {
                    int first = end - word.length();
                    if (Ascii.endsWithWord(text, from, end, word)
                            && (first == from || !Ascii.isLetter(text[first - 1]))) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
