# Finds JDK 25 and Maven 3.9.6 or newer, and runs Maven. Sourced by ./dev and ./ergane; works on bash 3.2 and newer.

ergane_cache=${ERGANE_CACHE:-${HOME:-/tmp}/.cache/ergane}
say() { echo "ergane: $*" >&2; }

# java_major HOME: the feature version of a Java home, read from its release file so that no JVM has to start.
java_major() {
  local line version=
  if [ -r "$1/release" ]; then
    while IFS= read -r line; do
      case $line in JAVA_VERSION=*) version=${line#*=}; version=${version//\"/} ;; esac
    done <"$1/release"
  fi
  [ -n "$version" ] || version=$("$1/bin/java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.specification.version = //p')
  version=${version%%[!0-9]*}
  echo "${version:-0}"
}

# java_on_path: the Java home behind the `java` on the PATH.
java_on_path() {
  local found
  found=$(type -P java) || return 0
  found=$(readlink -f "$found" 2>/dev/null || echo "$found")
  echo "${found%/bin/java}"
}

# find_java TOOL: sets and exports JAVA_HOME to a Java 25 or newer that has bin/TOOL (`java` to run, `javac` to build).
find_java() {
  local home
  for home in "${ERGANE_JAVA_HOME:-}" "${JAVA_HOME:-}" "$(java_on_path)" \
    /usr/lib/jvm/*25* /opt/*jdk*25* /opt/java/openjdk "${HOME:-}"/.sdkman/candidates/java/25* "${HOME:-}"/.jdks/*25* \
    /Library/Java/JavaVirtualMachines/*25*/Contents/Home; do
    [ -n "$home" ] && [ -x "$home/bin/$1" ] || continue
    [ "$(java_major "$home")" -ge 25 ] && { export JAVA_HOME=$home; return 0; }
  done
  say "no JDK 25 found (looked at ERGANE_JAVA_HOME, JAVA_HOME, PATH, /usr/lib/jvm, /opt, ~/.sdkman, ~/.jdks). Install one, or set JAVA_HOME to it."
  return 1
}

# maven_is_new_enough MVN
maven_is_new_enough() {
  local version
  version=$("$1" -v 2>/dev/null | sed -n 's/.*Apache Maven \([0-9.]*\).*/\1/p' | head -n 1)
  [ -n "$version" ] && [ "$(printf '%s\n3.9.6\n' "$version" | sort -V | head -n 1)" = 3.9.6 ]
}

# Maven's own libraries still use what newer Javas warn about.
maven_options() { echo "${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED"; }

# find_maven: sets MVN; fetches a new enough Maven with the old one when it must.
find_maven() {
  local fetched=$ergane_cache/maven/apache-maven-3.9.16/bin/mvn installed
  [ -x "$fetched" ] && { MVN=$fetched; return 0; }
  installed=$(type -P mvn) || { say "Maven is not installed. Install Maven 3.6 or newer; if it is older than 3.9.6 it is used to fetch 3.9.16."; return 1; }
  maven_is_new_enough "$installed" && { MVN=$installed; return 0; }
  say "the installed Maven is older than 3.9.6; fetching 3.9.16 into $ergane_cache/maven"
  mkdir -p "$ergane_cache/maven"
  (cd "$ergane_cache" && "$installed" -q -B org.apache.maven.plugins:maven-dependency-plugin:3.7.1:unpack \
    -Dartifact=org.apache.maven:apache-maven:3.9.16:zip:bin -DoutputDirectory="$ergane_cache/maven") >&2 ||
    { say "could not fetch Maven 3.9.16. Install Maven 3.9.6 or newer."; return 1; }
  MVN=$fetched
}

# mvn_run ARGS: Maven on JDK 25, its own output.
mvn_run() {
  [ -n "${MVN:-}" ] || { find_java javac && find_maven; } || return 1
  MAVEN_OPTS=$(maven_options) "$MVN" -B -ntp "$@"
}

# mvn_calm LOG ARGS: Maven with one line per module and per batch of downloads on stderr, all of its output in LOG,
# and the errors shown when it fails.
mvn_calm() {
  local log=$1 status=0
  shift
  [ -n "${MVN:-}" ] || { find_java javac && find_maven; } || return 1
  mkdir -p "$(dirname "$log")"
  { MAVEN_OPTS=$(maven_options) "$MVN" -B "$@" 2>&1 || echo "maven-exit $?"; } | tee "$log" | awk '
    /Downloaded from / { if (++files % 100 == 0) { print "  " files " files downloaded"; fflush() } next }
    /^\[INFO\] Building Ergane *[^ ]* / { next }
    /^\[INFO\] Building .*\[[0-9]+\/[0-9]+\]$/ { print "  " $3 " " $NF; fflush() }
    /^\[INFO\] Tests run:.*Time elapsed/ { next }
    /^\[(INFO|WARNING|ERROR)\] Tests run:/ { sub(/^\[[A-Z]+\] /, "    "); print; fflush() }' >&2 || true
  status=$(sed -n 's/^maven-exit //p' "$log" | tail -n 1)
  [ -z "$status" ] && return 0
  grep -E '^\[ERROR\]' "$log" | grep -vE '^\[ERROR\] *$|Re-run Maven|For more information|\[Help 1\]|To see the full stack|After correcting' | head -n "${MVN_ERROR_LINES:-40}" >&2
  say "Maven failed; its whole output is in $log"
  return 1
}
