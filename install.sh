#!/bin/sh
# Builds sfguard from this checkout and installs it for the user who runs this; root is not needed.
# Each install is a directory of its own that is never changed afterwards (the JVM would not notice a
# jar that was replaced under its cache); `current` points at the newest, the one before it is kept.
set -eu

usage() {
  cat <<'USAGE'
Usage: ./install.sh [--prefix DIR] [--without-sandbox]
       ./install.sh --rollback [--prefix DIR]
       ./install.sh --uninstall [--purge] [--prefix DIR]

  --prefix DIR        install under DIR (default: ~/.local): DIR/bin/sfguard, DIR/lib/sfguard
  --without-sandbox   leave out the local Snowflake stand-in and its 80 MB engine; then there is no
                      `sfguard demo`
  --rollback          go back to the version installed before
  --uninstall         remove everything installed under the prefix; sign-ins and recordings stay
  --purge             with --uninstall: remove this user's sign-ins, histories and state as well
USAGE
}

fail() {
  printf 'install.sh: %s\n' "$1" >&2
  shift
  for line in "$@"; do printf '  %s\n' "$line" >&2; done
  exit 1
}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
prefix=${HOME:?}/.local
action=install
sandbox=yes
purge=no
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) [ $# -ge 2 ] || fail "--prefix needs a directory." "Example: --prefix ~/tools"; prefix=$2; shift ;;
    --prefix=*) prefix=${1#--prefix=} ;;
    --without-sandbox) sandbox=no ;;
    --rollback) action=rollback ;;
    --uninstall) action=uninstall ;;
    --purge) purge=yes ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; fail "Unknown option: $1" ;;
  esac
  shift
done
[ "$purge" = no ] || [ "$action" = uninstall ] || fail "--purge only goes with --uninstall."
case $prefix in
  '') fail "--prefix is empty." ;;
  /*) ;;
  *) prefix=$PWD/$prefix ;;
esac
case $prefix in
  *[:\'\"\\\$\`*]* | *"
"*) fail "The prefix holds a character that a Java class path cannot have: $prefix" "Choose another --prefix." ;;
esac

home=$prefix/lib/sfguard
tab=$(printf '\t')
versions=$home/versions
started=$(date +%s)
stage=
unfinished=
rehearsal=

say() { printf '[%3ss] %s\n' "$(($(date +%s) - started))" "$1"; }

clean_up() {
  status=$?
  trap - EXIT
  if [ -n "$rehearsal" ]; then
    "$final/bin/sfguard" demo stop --dir "$rehearsal" >/dev/null 2>&1 || :
    rm -rf -- "$rehearsal"
  fi
  [ -z "$stage" ] || rm -rf -- "$stage"
  if [ -n "$unfinished" ]; then chmod -R u+w "$unfinished" 2>/dev/null; rm -rf -- "$unfinished"; fi
  [ "$(cat "$home/.installing/pid" 2>/dev/null || :)" != "$$" ] || rm -rf -- "$home/.installing"
  exit "$status"
}

# One install at a time: a directory is made once, whoever asks. A dead owner's is taken over.
lock() {
  mkdir -p "$versions" 2>/dev/null || fail "Cannot write to $home." "Choose another --prefix."
  if ! mkdir "$home/.installing" 2>/dev/null; then
    owner=$(cat "$home/.installing/pid" 2>/dev/null || :)
    if [ -n "$owner" ] && kill -0 "$owner" 2>/dev/null; then
      fail "Another install.sh (process $owner) is at work under $prefix." "Wait for it, then try again."
    fi
    rm -rf -- "$home/.installing"
    mkdir "$home/.installing" || fail "Cannot write to $home."
  fi
  echo "$$" >"$home/.installing/pid"
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
}

# Points a link elsewhere in one step: whoever starts sfguard meanwhile gets the old or the new.
point() {
  rm -f -- "$1.new"
  ln -s "$2" "$1.new"
  if mv -T -f "$1.new" "$1" 2>/dev/null; then return; fi
  # BSD's mv has no -T; it has -h.
  mv -f -h "$1.new" "$1" || fail "Cannot replace $1."
}

is_ours() { case $(readlink "$1" 2>/dev/null || :) in "$home"/*) return 0 ;; *) return 1 ;; esac }

# --- uninstall, rollback -------------------------------------------------------------------------

# Where each shell looks under a prefix, and which file of ours goes there.
completion_files() {
  printf '%s\t%s\n' \
    "$prefix/share/bash-completion/completions/sfguard" bash/sfguard \
    "$prefix/share/zsh/site-functions/_sfguard" zsh/_sfguard \
    "$prefix/share/fish/vendor_completions.d/sfguard.fish" fish/sfguard.fish
}

uninstall() {
  [ -d "$home" ] || [ -L "$prefix/bin/sfguard" ] || fail "sfguard is not installed under $prefix."
  completion_files | while IFS=$tab read -r file _; do
    if is_ours "$file"; then rm -f -- "$file"; fi
  done
  if is_ours "$prefix/bin/sfguard"; then rm -f -- "$prefix/bin/sfguard"; fi
  chmod -R u+w "$home" 2>/dev/null || :
  rm -rf -- "$home"
  say "Removed sfguard from $prefix."
  if [ "$purge" = yes ]; then
    for folder in "${XDG_CONFIG_HOME:-$HOME/.config}" "${XDG_STATE_HOME:-$HOME/.local/state}" \
      "${XDG_DATA_HOME:-$HOME/.local/share}" "${XDG_CACHE_HOME:-$HOME/.cache}"; do
      if [ -d "$folder/sfguard" ]; then rm -rf -- "$folder/sfguard"; say "Removed $folder/sfguard."; fi
    done
  else
    say "Sign-ins and recordings stay; --uninstall --purge removes this user's."
  fi
}

rollback() {
  [ -L "$home/previous" ] && [ -d "$home/previous" ] ||
    fail "There is no version to go back to under $prefix."
  before=$(readlink "$home/previous")
  now=$(readlink "$home/current")
  point "$home/current" "$before"
  point "$home/previous" "$now"
  say "Back to $(basename "$before"). The other one is kept: --rollback again returns to it."
}

case $action in
  uninstall) uninstall; exit 0 ;;
  rollback) lock; rollback; exit 0 ;;
esac

# --- install -------------------------------------------------------------------------------------

. "$here/.mvn/find-jdk.sh"
find_jdk_25 || exit 1
command -v mvn >/dev/null 2>&1 ||
  fail "Maven 3.8 or newer is needed, and there is no mvn on the PATH." "Install the package maven, then run this again."
if command -v sha256sum >/dev/null 2>&1; then checksum=sha256sum; else checksum='shasum -a 256'; fi
lock
say "JDK $(jdk_release "$JAVA_HOME") in $JAVA_HOME"

version=$(sed -n 's:^  <version>\(.*\)</version>.*:\1:p' "$here/pom.xml" | head -1)
stage=$versions/.stage.$$
final=$versions/$version-$(date +%Y%m%d%H%M%S)-$$
mkdir -p "$stage" "$prefix/bin"

say "Building; the first time Maven downloads some 300 MB"
log=$stage/build.log
(cd "$here" && ./mvnw -q -B -ntp -Dmaven.test.skip=true -Dspotless.check.skip=true \
  package dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=target/dist \
  -Dmdep.useRepositoryLayout=false) >"$log" 2>&1 || {
  tail -40 "$log" >&2
  fail "The build failed; its last lines are above." "Is the network up? Maven needs Maven Central the first time."
}
say "Recompiling picocli: its Java 5 bytecode stays out of the JVM's cache"
picocli=$(ls "$here"/cli/target/dist/picocli-*.jar)
picocli_version=$(basename "$picocli" .jar); picocli_version=${picocli_version#picocli-}
(cd "$here" && ./mvnw -q -B -ntp -N dependency:copy \
  "-Dartifact=info.picocli:picocli:$picocli_version:jar:sources" "-DoutputDirectory=$stage/picocli") >"$log" 2>&1 || {
  tail -20 "$log" >&2
  fail "picocli's sources could not be had; the reason is above." "Is the network up?"
}

mkdir -p "$stage/lib" "$stage/sql" "$stage/native" "$stage/bin" "$stage/licenses"
cp "$here/LICENSE" "$stage/licenses/"
cp "$here/cli/target/cli-$version.jar" "$stage/lib/"
for jar in "$here"/cli/target/dist/*.jar; do
  case $(basename "$jar") in
    snowflake-jdbc-*) cp "$jar" "$stage/sql/" ;;
    *) cp "$jar" "$stage/lib/" ;;
  esac
done
# The caches are trained on a demo, so the sandbox is there until they are, wanted or not.
mkdir -p "$stage/sandbox"
cp "$here"/sandbox/target/dist/*.jar "$here/sandbox/target/sandbox-$version.jar" "$stage/sandbox/"
(
  cd "$stage/picocli"
  "$JAVA_HOME/bin/jar" xf "picocli-$picocli_version-sources.jar"
  mkdir classes
  "$JAVA_HOME/bin/javac" -nowarn -proc:none --release 25 -d classes picocli/*.java
  "$JAVA_HOME/bin/jar" --update --file "$stage/lib/picocli-$picocli_version.jar" -C classes .
) >"$log" 2>&1 || { tail -20 "$log" >&2; fail "picocli could not be recompiled; the reason is above."; }
rm -rf -- "$stage/picocli"

# Libraries that would unpack their native part to the temporary folder at every start.
case $(uname -s)/$(uname -m) in
  Linux/x86_64) sqlite=Linux/x86_64/libsqlitejdbc.so zstd=linux/amd64 ;;
  Linux/aarch64) sqlite=Linux/aarch64/libsqlitejdbc.so zstd=linux/aarch64 ;;
  Darwin/arm64) sqlite=Mac/aarch64/libsqlitejdbc.dylib zstd=darwin/aarch64 ;;
  Darwin/x86_64) sqlite=Mac/x86_64/libsqlitejdbc.dylib zstd=darwin/x86_64 ;;
  *) sqlite= zstd= ;;
esac
if ldd /bin/sh 2>/dev/null | grep -q musl; then sqlite=Linux-Musl/${sqlite#Linux/}; fi
unpacked() {
  jar=$(ls "$stage"/lib/$1-*.jar 2>/dev/null | head -1)
  if [ -z "$jar" ] || [ -z "$2" ]; then return; fi
  entry=$("$JAVA_HOME/bin/jar" tf "$jar" | grep -F "$2" | grep -E '\.(so|dylib)$' | head -1)
  if [ -z "$entry" ]; then return; fi
  mkdir -p "$stage/native/.unpack"
  (cd "$stage/native/.unpack" && "$JAVA_HOME/bin/jar" xf "$jar" "$entry")
  mv "$stage/native/.unpack/$entry" "$stage/native/"
  rm -rf -- "$stage/native/.unpack"
  basename "$entry"
}
sqlite_file=$(unpacked sqlite-jdbc "$sqlite")
zstd_file=$(unpacked zstd-jni "$zstd")

say "Linking a private Java runtime"
"$JAVA_HOME/bin/jlink" --add-modules java.base,java.logging,java.naming,java.management,java.sql,java.xml,java.security.jgss,java.net.http,java.rmi,jdk.crypto.ec,jdk.httpserver,jdk.net,jdk.unsupported,jdk.zipfs \
  --no-header-files --no-man-pages --strip-debug --compress zip-0 --generate-cds-archive \
  --output "$stage/jre" >"$log" 2>&1 || { tail -20 "$log" >&2; fail "jlink failed; its words are above."; }
rm -f -- "$log"

# jlink keeps the whole list of security providers. One whose module is not linked would be looked
# for on the class path whenever the driver asks for a provider by name; that loads BouncyCastle's
# hundreds of classes and checks its jar's signature, for a quarter of a second and for nothing.
linked=$("$stage/jre/bin/java" --list-modules)
absent=
for provider in XMLDSig:java.xml.crypto SunPCSC:java.smartcardio JdkLDAP:java.naming SunSASL:java.security.sasl \
  SunJGSS:java.security.jgss JdkSASL:jdk.security.jgss SunPKCS11:jdk.crypto.cryptoki; do
  case $linked in *"${provider#*:}@"*) ;; *) absent="$absent${absent:+|}${provider%%:*}" ;; esac
done
security=$stage/jre/conf/security/java.security
awk -v absent="^security[.]provider[.][0-9]+=($absent)\$" \
  '$0 ~ absent { next } sub(/^security[.]provider[.][0-9]+=/, "") { $0 = "security.provider." ++n "=" $0 } { print }' \
  "$security" >"$security.new"
mv -f -- "$security.new" "$security"

# --- the launcher --------------------------------------------------------------------------------

path_of() { (cd "$stage" && for jar in "$1"/*.jar; do printf ':%s/%s' "$final" "$jar"; done); }
light=$(path_of lib); light=${light#:}
driver=$(path_of sql); driver=${driver#:}
natives=
[ -z "$sqlite_file" ] || natives="-Dorg.sqlite.lib.path=$final/native -Dorg.sqlite.lib.name=$sqlite_file"
[ -z "$zstd_file" ] || natives="$natives -DZstdNativePath=$final/native/$zstd_file"
# Without the first two a warning of the JVM would land on stdout, among the data.
quiet='-Xlog:disable -Xlog:all=error:stderr --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow'

{
  cat <<'LAUNCHER'
#!/bin/sh
# Starts sfguard on its own Java runtime. Written by install.sh; a new install writes a new one.
LAUNCHER
  cat <<LAUNCHER
home='$final'
version='sfguard $version'
quiet='$quiet'
natives='$natives'
light='$light'
driver='$driver'
LAUNCHER
  cat <<'LAUNCHER'
if [ $# -eq 1 ]; then
  case $1 in --version | -V) echo "$version"; exit 0 ;; esac
fi
# What sh knows for free and Java only by asking the kernel: which of 0, 1 and 2 are terminals.
terminals=
[ -t 0 ] && terminals=0
[ -t 1 ] && terminals=${terminals}1
[ -t 2 ] && terminals=${terminals}2
command=
for word; do
  case $word in
    -*) ;;
    *) if [ -z "$command" ]; then command=$word; else command="$command $word"; break; fi ;;
  esac
done
case $command in
  exec | exec\ * | shell | shell\ *)
    # Only these two see the driver: the cryptography packed into its jar would stand in SSH's way.
    # The driver loads a native library of its own that only counts machines.
    SNOWFLAKE_DISABLE_MINICORE=true; export SNOWFLAKE_DISABLE_MINICORE
    set -- -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:AOTCache="$home/sql.aot" \
      -cp "$light:$driver" dev.sfguard.cli.Sfguard "$@" ;;
  gateway\ run)
    # Results stream: what lives long is small, so a young generation of this size is collected in a
    # few milliseconds. Without limits the heap grows past 2 GiB, and the pauses with it. The last
    # word is the operator's.
    # shellcheck disable=SC2086
    set -- -XX:+UseSerialGC -Xmx1g -Xmn96m -XX:+ExitOnOutOfMemoryError ${SFGUARD_GATEWAY_JVM:-} -cp "$light" dev.sfguard.cli.Sfguard "$@" ;;
  # These live long: the second compiler pays off.
  agent\ run | connect | connect\ *)
    set -- -XX:+UseSerialGC -XX:AOTCache="$home/cli.aot" -cp "$light" dev.sfguard.cli.Sfguard "$@" ;;
  *)
    set -- -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:AOTCache="$home/cli.aot" \
      -cp "$light" dev.sfguard.cli.Sfguard "$@" ;;
esac
# shellcheck disable=SC2086
exec "$home/jre/bin/java" $quiet $natives -Dsfguard.dist="$home" -Dsfguard.terminals="$terminals" "$@"
LAUNCHER
} >"$stage/bin/sfguard"
engine=$(path_of sandbox); engine=${engine#:}
cat >"$stage/bin/sandbox" <<LAUNCHER
#!/bin/sh
# Starts the local Snowflake stand-in in a process of its own. Written by install.sh.
exec '$final/jre/bin/java' $quiet -cp '$engine' dev.sfguard.sandbox.Main "\$@"
LAUNCHER
chmod 755 "$stage/bin/sandbox" "$stage/bin/sfguard"
if [ -d "$here/completions" ]; then cp -R "$here/completions" "$stage/completions"; fi

# --- the caches ----------------------------------------------------------------------------------

# The caches hold the class path, so they are trained where the version will stay: on a demo, with
# what people do all day, through a running agent and without one. Nothing leaves the loopback.
mv "$stage" "$final"
stage=
unfinished=$final
unset SFGUARD_HOME SFGUARD_GATEWAY SFGUARD_CONNECTION SFGUARD_TOKEN_FILE SFGUARD_OUTPUT NO_COLOR
rehearsed() {
  "$final/bin/sfguard" "$@" >"$final/train.log" 2>&1 ||
    { tail -20 "$final/train.log" >&2; fail "sfguard $1 failed in the rehearsal; see above."; }
}
# Runs the command lines on standard input.
train() {
  say "Training the start-up cache of $1"
  # shellcheck disable=SC2086
  SNOWFLAKE_DISABLE_MINICORE=true "$final/jre/bin/java" $quiet $natives -Dsfguard.dist="$final" -Dsfguard.terminals= \
    -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:AOTCacheOutput="$final/$2" -cp "$3" \
    dev.sfguard.cli.Sfguard __train >"$final/train.log" 2>&1 ||
    { tail -20 "$final/train.log" >&2; fail "A command failed while the cache was trained; see above."; }
  [ -s "$final/$2" ] || { tail -20 "$final/train.log" >&2; fail "The JVM wrote no cache $2; its words are above."; }
}
# shellcheck disable=SC2086
"$final/jre/bin/java" $quiet -cp "$light" dev.sfguard.cli.Sfguard __commands >"$final/commands" ||
  fail "The command that was built does not start; see above."
say "Starting a demo to rehearse on"
# Short, as the agents' sockets lie beneath it.
rehearsal=$(mktemp -d "${TMPDIR:-/tmp}/sfguard.XXXXXX")
rehearsed demo --dir "$rehearsal" --detach
echo "select city, count(*) from customers group by city" >"$rehearsal/query.sql"
served=SFGUARD_HOME=$rehearsal/homes/ana
(export "${served?}" && rehearsed exec shop -f "$rehearsal/query.sql")
session=$(export "${served?}" && "$final/bin/sfguard" sessions -o csv 2>/dev/null | sed -n '2s/,.*//p')
# Nothing is rehearsed without an agent: SSH's classes in the cache would slow every other start.
{
  sed 's/$/ --help/' "$final/commands"
  printf '%s\n' --help "$served whoami" "$served connections" "$served agent status" "$served connect shop" \
    "$served sessions" "$served sessions -o json" "$served sessions $session" "$served replay $session --text"
} | train "the light commands" cli.aot "$light"
{
  grep -E '^(exec|shell)$' "$final/commands" | sed 's/$/ --help/'
  printf '%s\n' "$served exec shop -f $rehearsal/query.sql" "$served exec shop -f $rehearsal/query.sql -o table" \
    "$served exec shop -f $rehearsal/query.sql -o json"
} | train "exec and shell" sql.aot "$light:$driver"
rehearsed demo stop --dir "$rehearsal"
rm -rf -- "$rehearsal" "$final/commands" "$final/train.log"
rehearsal=
[ "$sandbox" = yes ] || rm -rf -- "$final/sandbox" "$final/bin/sandbox"

say "Checking what was installed"
(cd "$final" && find . -type f ! -name SHA256SUMS -exec $checksum {} + >SHA256SUMS)
[ "$("$final/bin/sfguard" --version)" = "sfguard $version" ] && "$final/bin/sfguard" --help >/dev/null ||
  fail "The installed command does not run."
chmod -R a-w "$final"

# --- the switch ----------------------------------------------------------------------------------

unfinished=
if [ -L "$home/current" ]; then point "$home/previous" "$(readlink "$home/current")"; fi
point "$home/current" "$final"
if [ -e "$prefix/bin/sfguard" ] && ! is_ours "$prefix/bin/sfguard"; then
  fail "$prefix/bin/sfguard exists and is not ours; it was left alone." "Move it away, then run this again."
fi
point "$prefix/bin/sfguard" "$home/current/bin/sfguard"
if [ -d "$final/completions" ]; then
  completion_files | while IFS=$tab read -r file made; do
    mkdir -p "$(dirname "$file")"
    if [ ! -e "$file" ] || is_ours "$file"; then point "$file" "$home/current/completions/$made"; fi
  done
fi
for old in "$versions"/*; do
  [ "$old" = "$final" ] && continue
  [ "$old" = "$(readlink "$home/previous" 2>/dev/null || :)" ] && continue
  chmod -R u+w "$old" && rm -rf -- "$old"
done

say "Installed sfguard $version: $prefix/bin/sfguard"
case :$PATH: in
  *:"$prefix/bin":*) ;;
  *) say "$prefix/bin is not on your PATH; add it: export PATH=\"$prefix/bin:\$PATH\"" ;;
esac
if [ "$sandbox" = yes ]; then say "Next: $prefix/bin/sfguard demo"; else say "Next: $prefix/bin/sfguard login HOST:PORT"; fi
