package dev.sfguard.gateway.proxy;

import java.util.Optional;
import java.util.regex.Pattern;

/// How drivers read the result of an asynchronous statement, once they know that it ended.
final class ResultScan {
    /// As JDBC and Python write it.
    private static final Pattern TEXT =
            Pattern.compile(
                    "\\s*select \\* from table\\(result_scan\\('([0-9a-f-]{36})'\\)\\)\\s*;?\\s*",
                    Pattern.CASE_INSENSITIVE);

    private ResultScan() {}

    /// The statement whose result is read by a text that is nothing but that.
    static Optional<StatementRun> of(Session session, String text) {
        var scan = TEXT.matcher(text);
        return scan.matches() ? session.runs().ofQuery(scan.group(1)) : Optional.empty();
    }
}
