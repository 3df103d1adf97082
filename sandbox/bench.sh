#!/bin/sh
# Takes all figures and writes docs/performance.md. Options are Bench's: --quick, --only, --sfguard.
set -eu
cd "$(dirname "$0")/.."
components=$(mktemp)
trap 'rm -f "$components"' EXIT
./mvnw -q -Pquick -pl gateway-core test-compile exec:java@components >"$components"
./mvnw -q -Pquick -pl sandbox compile exec:java@bench \
  -Dexec.args="--components $components --output docs/performance.md $*"
