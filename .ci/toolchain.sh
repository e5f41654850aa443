# Finds JDK 25 and Maven 3.9.6+; sourced by ./dev and ./ergane.

ergane_cache=${ERGANE_CACHE:-$HOME/.cache/ergane}

java_major() { "$1/bin/java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.specification.version = //p'; }

find_jdk() {
  local home
  for home in "${ERGANE_JAVA_HOME:-}" "${JAVA_HOME:-}" "$(dirname "$(dirname "$(readlink -f "$(command -v javac || echo /)")")")" \
    /usr/lib/jvm/*25* /opt/*jdk*25* "$HOME"/.sdkman/candidates/java/25* "$HOME"/.jdks/*25* /Library/Java/JavaVirtualMachines/*25*/Contents/Home; do
    [ -n "$home" ] && [ -x "$home/bin/javac" ] || continue
    [ "$(java_major "$home")" -ge 25 ] 2>/dev/null && { JAVA_HOME=$home; export JAVA_HOME; return 0; }
  done
  echo "ergane: no JDK 25 found (looked at JAVA_HOME, PATH, /usr/lib/jvm, /opt, ~/.sdkman, ~/.jdks). Install one or set JAVA_HOME to it." >&2
  return 1
}

maven_ok() { # MVN: is it 3.9.6 or newer?
  local v
  v=$("$1" -v 2>/dev/null | sed -n 's/.*Apache Maven \([0-9.]*\).*/\1/p' | head -n 1)
  [ -n "$v" ] && [ "$(printf '%s\n3.9.6\n' "$v" | sort -V | head -n 1)" = 3.9.6 ]
}

find_maven() {
  local fetched=$ergane_cache/maven/apache-maven-3.9.16/bin/mvn
  if command -v mvn >/dev/null && maven_ok "$(command -v mvn)"; then MVN=$(command -v mvn); return 0; fi
  if [ ! -x "$fetched" ]; then
    command -v mvn >/dev/null || { echo "ergane: Maven is not installed; install Maven 3.6 or newer." >&2; return 1; }
    echo "ergane: the installed Maven is older than 3.9.6; fetching 3.9.16 into $ergane_cache/maven" >&2
    (cd /tmp && mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.7.1:unpack \
      -Dartifact=org.apache.maven:apache-maven:3.9.16:zip:bin -DoutputDirectory="$ergane_cache/maven" 2>/dev/null)
  fi
  MVN=$fetched
}

mvn_run() {
  [ -n "${MVN:-}" ] || { find_jdk; find_maven; }
  "$MVN" -B -ntp "$@"
}
