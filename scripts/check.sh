# ./dev check: what it does and how it counts. Sourced by ./dev; needs $root and scripts/toolchain.sh.

. "$root/scripts/app.sh"

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

check_tests() {
  rm -rf "$root"/*/target/surefire-reports
  mvn_calm "$root/target/check-tests.log" verify --fail-at-end -Dmaven.test.failure.ignore=true "$@" || return 1
  [ "$(count_tests "$root"/*/target/surefire-reports/TEST-*.xml | cut -d ' ' -f 2)" = 0 ]
}

# count_tests FILES: "passed failed skipped" of JUnit XML reports.
count_tests() {
  local file
  for file in "$@"; do
    [ ! -f "$file" ] || grep -m 1 '<testsuite ' "$file"
  done | awk '
    function value(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : 0 }
    { tests += value("tests"); bad += value("failures") + value("errors"); skipped += value("skipped") }
    END { print tests - bad - skipped, bad + 0, skipped + 0 }'
}

# list_exceptions FILES: one line for each test of JUnit XML reports that failed or was skipped, with the first line of why.
list_exceptions() {
  cat "$@" | awk '
    function attribute(name,   text) {
      if (!match($0, " " name "=\"[^\"]*\"")) return ""
      text = substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
      sub(/&#10;.*/, "", text)
      gsub(/&quot;/, "\"", text); gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&apos;/, "\047", text); gsub(/&amp;/, "\\&", text)
      return text
    }
    function tell(what,   why) { why = attribute("message"); print "  " what " " test (why == "" ? "" : ": " why) }
    /<testcase / { test = attribute("classname") "." attribute("name") }
    /<skipped/ { tell("skipped") }
    /<(failure|error)[ >\/]/ { tell("FAILED") }'
}

check_all() {
  local counts passed failed skipped module line
  check_broken=
  SECONDS=0
  rm -rf "$root/target/script-tests"
  rm -rf "$root"/*/target/surefire-reports
  stage scripts check_scripts
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
