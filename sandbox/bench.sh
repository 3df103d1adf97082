#!/bin/sh
# Takes all figures and writes docs/performance.md. Options are Bench's: --quick, --only, --output,
# --sfguard. A part of the figures is printed and does not replace the page.
set -eu
cd "$(dirname "$0")/.."
. .mvn/find-jdk.sh
find_jdk_25
case " $* " in
  *" --only "* | *" --output "*) ;;
  *) set -- --output docs/performance.md "$@" ;;
esac
./mvnw -q -B -ntp -Pquick -pl cli -am test-compile \
  dependency:build-classpath -Dmdep.outputFile=target/bench.classpath
own=cli/target/test-classes:cli/target/classes:agent/target/test-classes:gateway-core/target/test-classes
exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED \
  -cp "$own:$(cat cli/target/bench.classpath)" dev.sfguard.sandbox.bench.Bench "$@"
