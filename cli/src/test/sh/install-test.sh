#!/bin/sh
# Installs into a folder of its own and tries what a user would: version, help, a clean stdout, a demo, a
# second install, the way back, the removal. Run it from anywhere; it takes some minutes, leaves nothing.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../../../.." && pwd)
work=$(mktemp -d)
prefix=$work/prefix
tests=0
trap 'chmod -R u+w "$work"; rm -rf -- "$work"' EXIT
trap 'exit 130' INT TERM

maven_home=$HOME
HOME=$work/home XDG_CONFIG_HOME=$work/home/.config XDG_STATE_HOME=$work/home/.local/state
# Maven keeps its downloads where it had them.
MAVEN_OPTS="-Duser.home=$maven_home ${MAVEN_OPTS:-}"
unset SFGUARD_HOME SFGUARD_OUTPUT XDG_DATA_HOME XDG_CACHE_HOME
export HOME XDG_CONFIG_HOME XDG_STATE_HOME MAVEN_OPTS
mkdir -p "$HOME" "$XDG_CONFIG_HOME/sfguard"
echo kept >"$XDG_CONFIG_HOME/sfguard/kept"

check() {
  tests=$((tests + 1))
  what=$1
  shift
  if "$@"; then echo "ok $tests - $what"; else
    echo "not ok $tests - $what" >&2
    exit 1
  fi
}
fails_with() {
  expected=$1
  shift
  if output=$("$@" 2>&1); then return 1; fi
  case $output in *"$expected"*) ;; *) echo "$output" >&2; return 1 ;; esac
}
install() { "$root/install.sh" --prefix "$prefix" "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; return 1; }; }
sfguard=$prefix/bin/sfguard

check 'an unknown option is refused with the usage' fails_with 'Usage: ./install.sh' "$root/install.sh" --frob
check 'a prefix that a class path cannot hold is refused' fails_with 'class path' "$root/install.sh" --prefix "$work/a:b"
check 'nothing to uninstall is said so' fails_with 'not installed' "$root/install.sh" --prefix "$prefix" --uninstall
check 'nothing to go back to is said so' fails_with 'no version to go back to' "$root/install.sh" --prefix "$prefix" --rollback
rmdir "$prefix/lib/sfguard/versions" "$prefix/lib/sfguard" "$prefix/lib" "$prefix"

check 'it installs' install --without-sandbox
first=$(readlink "$prefix/lib/sfguard/current")
check 'the launcher tells its version' test "$("$sfguard" --version)" = 'sfguard 0.1.0'
check 'Java tells the same version' test "$("$sfguard" --no-color --version)" = 'sfguard 0.1.0'
"$sfguard" --help >"$work/out" 2>"$work/err"
check 'help says how to call it' grep -q '^Usage: sfguard' "$work/out"
check 'help leaves stderr empty' test ! -s "$work/err"

# Conditions are compiled by a library that calls what the JVM warns of.
cat >"$work/policy.yaml" <<'POLICY'
version: 1
roles: {shop: {analysts: RO}}
rules:
  - {name: late, when: 'now.getHours() >= 0', effect: block}
POLICY
"$sfguard" policy explain --policy "$work/policy.yaml" --as user=ana,groups=analysts 'select 1' \
  >"$work/out" 2>"$work/err"
check 'a condition is compiled and asked' grep -q 'block by late' "$work/out"
check 'no warning of the JVM is among the data' sh -c "! grep -q WARNING '$work/out'"
check 'no warning of the JVM reaches the terminal' test ! -s "$work/err"
check 'no line of the JVM is on stdout' sh -c "! grep -E '^\[|WARNING' '$work/out'"
check 'an unknown command exits 2' sh -c "'$sfguard' nonsense 2>/dev/null; test \$? -eq 2"
"$sfguard" nonsense 2>&1 >"$work/out" | head -1 >"$work/err" || :
check 'errors leave stdout empty' test ! -s "$work/out"
check 'a reader that leaves is no fault' sh -c "'$sfguard' --help 2>'$work/err' | head -1 >/dev/null; test ! -s '$work/err'"
check 'checksums hold' sh -c "cd '$first' && sha256sum --quiet -c SHA256SUMS"
check 'the sandbox was left out' test ! -e "$first/sandbox"
check 'the light class path has no driver' sh -c "! ls '$first'/lib | grep -q snowflake"
told() { sed -n "s/^$1='\(.*\)'/\1/p" "$first/bin/sfguard"; }
# shellcheck disable=SC2046
"$first/jre/bin/java" $(told quiet) $(told natives) -Xlog:class+load:file="$work/loaded" -XX:+UseSerialGC \
  -XX:TieredStopAtLevel=1 -XX:AOTCache="$first/cli.aot" -cp "$(told light)" dev.sfguard.cli.Sfguard --help >/dev/null
check 'our classes come from the cache' sh -c "grep 'dev.sfguard.cli.Sfguard ' '$work/loaded' | grep -q 'shared objects file'"
check 'picocli comes from the cache too' sh -c "! grep -E ' picocli\.[A-Za-z]+ ' '$work/loaded' | grep -v -q 'shared objects file'"
check 'completion finds commands' sh -c "'$sfguard' __complete -- comp | grep -q '^completion'"

check 'it installs over itself, with the sandbox' install
second=$(readlink "$prefix/lib/sfguard/current")
check 'in a new directory' test "$first" != "$second"
check 'the one before is kept' test "$(readlink "$prefix/lib/sfguard/previous")" = "$first"
demo=$work/demo
# Nothing of a demo may outlive this script, however it ends.
trap '"$second/bin/sfguard" demo stop --dir "$demo" >/dev/null 2>&1 || :; chmod -R u+w "$work"; rm -rf -- "$work"' EXIT
check 'a demo starts' sh -c "'$sfguard' demo --dir '$demo' --detach -o json >'$work/demo.json' 2>'$work/err' || { cat '$work/err'; exit 1; }"
check 'and says where' grep -q '"agent_port":[1-9]' "$work/demo.json"
as_ana() { SFGUARD_HOME=$demo/homes/ana "$sfguard" "$@"; }
as_ana exec shop -q 'select count(*) from orders' >"$work/out" 2>"$work/err" || cat "$work/err" >&2
check 'a query prints its rows' grep -qx 20000 "$work/out"
check 'and nothing else' test ! -s "$work/err"
as_ana exec shop -q 'drop database shop' >"$work/out" 2>"$work/err" && status=0 || status=$?
check 'a blocked statement exits 11' test "$status" -eq 11
check 'and says which rule' grep -q 'no-drop' "$work/err"
check 'it never came to the warehouse' sh -c "! grep -i 'drop database' '$demo/logs/sandbox-statements.ndjson'"
as_ana sessions --blocked -o csv >"$work/out"
check 'the list of sessions has it' test "$(wc -l <"$work/out")" -eq 2
as_ana replay "$(sed -n '2s/,.*//p' "$work/out")" --text >"$work/replayed"
check 'its replay shows the block' grep -q 'blocked  no-drop' "$work/replayed"
check 'the demo stops' "$sfguard" demo stop --dir "$demo"
check 'and leaves no process' sh -c "! ps -e -o args= | grep -v grep | grep -q -F '$prefix/lib'"

check 'it goes back' install --rollback
check 'to the one before' test "$(readlink "$prefix/lib/sfguard/current")" = "$first"
check 'which still runs' test "$("$sfguard" --no-color --version)" = 'sfguard 0.1.0'

check 'it uninstalls' install --uninstall
check 'nothing of it is left' test ! -e "$prefix/lib/sfguard" -a ! -e "$sfguard"
check 'what is the user'"'"'s is left' test -e "$XDG_CONFIG_HOME/sfguard/kept"
mkdir -p "$prefix/bin" && echo mine >"$sfguard"
mkdir -p "$prefix/lib/sfguard/versions"
check 'it uninstalls again' install --uninstall --purge
check 'a file that is not ours stays' test -e "$sfguard"
check 'purge removes the sign-ins' test ! -e "$XDG_CONFIG_HOME/sfguard"
echo "$tests checks passed"
