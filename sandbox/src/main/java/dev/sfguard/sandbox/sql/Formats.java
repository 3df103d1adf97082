package dev.sfguard.sandbox.sql;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// Snowflake's date formats in strftime's letters.
final class Formats {
    /// Longest first: the first that fits is taken.
    private static final Map<String, String> ELEMENTS = new LinkedHashMap<>();

    static {
        ELEMENTS.put("YYYY", "%Y");
        ELEMENTS.put("MMMM", "%B");
        ELEMENTS.put("HH24", "%H");
        ELEMENTS.put("HH12", "%I");
        ELEMENTS.put("TZHTZM", "%z");
        ELEMENTS.put("TZH:TZM", "%z");
        ELEMENTS.put("MON", "%b");
        ELEMENTS.put("FF3", "%g");
        ELEMENTS.put("FF6", "%f");
        ELEMENTS.put("FF9", "%n");
        ELEMENTS.put("YY", "%y");
        ELEMENTS.put("MM", "%m");
        ELEMENTS.put("DD", "%d");
        ELEMENTS.put("DY", "%a");
        ELEMENTS.put("HH", "%H");
        ELEMENTS.put("MI", "%M");
        ELEMENTS.put("SS", "%S");
        ELEMENTS.put("FF", "%n");
        ELEMENTS.put("AM", "%p");
        ELEMENTS.put("PM", "%p");
    }

    private Formats() {}

    /// @param parse for reading, where `%f` takes any number of digits
    static String toStrftime(String format, boolean parse) {
        var out = new StringBuilder();
        int i = 0;
        while (i < format.length()) {
            String rest = format.substring(i).toUpperCase(Locale.ROOT);
            var element =
                    ELEMENTS.entrySet().stream()
                            .filter(candidate -> rest.startsWith(candidate.getKey()))
                            .findFirst();
            if (element.isPresent()) {
                String letter = element.get().getValue();
                boolean fraction = element.get().getKey().startsWith("FF");
                out.append(parse && fraction ? "%f" : letter);
                i += element.get().getKey().length();
            } else {
                out.append(format.charAt(i));
                i++;
            }
        }
        return out.toString();
    }
}
