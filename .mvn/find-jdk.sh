# Finds a JDK 25 or newer and sets JAVA_HOME to it. Sourced by mvnw and install.sh, so that both look in
# the same places: JAVA_HOME, then the usual folders of Linux packages, SDKMAN, asdf, Homebrew and macOS,
# then whatever `javac` stands on the PATH.

jdk_release() {
  # The release file of a JDK holds JAVA_VERSION="25.0.3"; the part before the first dot is the release.
  [ -x "$1/bin/javac" ] && [ -f "$1/release" ] &&
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

find_jdk_25() {
  for jdk in \
    "${JAVA_HOME:-}" \
    /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* \
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.asdf/installs/java/* "$HOME"/.jdks/* \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "$(dirname "$(dirname "$(readlink -f "$(command -v javac 2>/dev/null || echo /none/bin/javac)")")")"; do
    release=$(jdk_release "$jdk") || continue
    if [ "${release:-0}" -ge 25 ]; then
      JAVA_HOME=$jdk
      export JAVA_HOME
      return 0
    fi
  done
  cat >&2 <<'MESSAGE'
sfguard is built with JDK 25 or newer, and none was found.
Looked at JAVA_HOME, /usr/lib/jvm, /usr/java, /opt, ~/.sdkman, ~/.asdf, ~/.jdks, Homebrew and the PATH.
Get one from https://adoptium.net/temurin/releases/?version=25 (unpack it into ~/.jdks, no root needed),
or set JAVA_HOME to a JDK 25 that you have, and run this again.
MESSAGE
  return 1
}
