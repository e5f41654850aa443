#!/usr/bin/env bash
# Tests of the shell scripts. run.sh [REPORT_FOLDER] writes a JUnit XML report when a folder is given.
# Each function whose name starts with `test_` is one test; it runs in a shell of its own and in an empty folder.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
report=${1:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { echo "    $*" >&2; exit 1; }
equal() { [ "$1" = "$2" ] || fail "expected: $2" "found: $1"; }
contains() { case $1 in *"$2"*) ;; *) fail "expected something with: $2; found: $1" ;; esac }

# fake_java HOME VERSION: a Java home whose `java` prints its arguments, one a line, and exits with 7.
fake_java() {
  mkdir -p "$1/bin"
  echo "JAVA_VERSION=\"$2\"" >"$1/release"
  printf '%s\n' '#!/bin/sh' 'for a in "$@"; do printf "<%s>\n" "$a"; done' 'echo "pid $$"' 'exit 7' >"$1/bin/java"
  cp "$1/bin/java" "$1/bin/javac"
  chmod +x "$1/bin/java" "$1/bin/javac"
}

# installed FOLDER: an installed copy of Ergane with two empty jars, on a fake Java beside it.
installed() {
  mkdir -p "$1/scripts" "$1/lib"
  cp "$root/ergane" "$1/"
  cp "$root/scripts/toolchain.sh" "$1/scripts/"
  : >"$1/lib/b.jar"
  : >"$1/lib/a.jar"
  fake_java "$1-java" 25.0.3
  export ERGANE_JAVA_HOME=$1-java ERGANE_AOT=off
  unset ERGANE_HOME ERGANE_JVM_OPTS
}

for file in "$root/dev" "$root/ergane" "$root"/.ci/run "$root"/scripts/*.sh "$root"/scripts/test/*.sh; do
  name=test_$(echo "${file#"$root"/}" | tr -c 'a-zA-Z0-9\n' _)_parses
  eval "$name() { bash -n '$file'; }"
done

test_arguments_arrive_untouched() {
  installed "$PWD/an app"
  out=$("an app/ergane" up -f 'two  words' '' '*' '$HOME' --flag=x)
  contains "$out" "<io.ergane.cli.Main>
<up>
<-f>
<two  words>
<>
<*>
<\$HOME>
<--flag=x>"
}

test_no_arguments_arrive_as_none() {
  installed "$PWD/app"
  contains "$(app/ergane)" "<io.ergane.cli.Main>
pid"
}

test_the_exit_code_is_the_one_of_java() {
  installed "$PWD/app"
  app/ergane >/dev/null
  equal $? 7
}

test_java_replaces_the_shell_so_that_signals_reach_it() {
  installed "$PWD/app"
  app/ergane >out & pid=$!
  wait $pid
  contains "$(cat out)" "pid $pid"
}

test_the_class_path_is_sorted_whatever_the_locale() {
  installed "$PWD/app"
  : >app/lib/Z.jar
  contains "$(LC_ALL=en_US.UTF-8 app/ergane)" "<$PWD/app/lib/Z.jar:$PWD/app/lib/a.jar:$PWD/app/lib/b.jar>"
}

test_it_starts_from_another_folder_and_by_symbolic_links() {
  installed "$PWD/an app"
  mkdir -p bin elsewhere
  ln -s "../an app/ergane" bin/first
  ln -s "$PWD/bin/first" bin/ergane
  out=$(cd elsewhere && PATH=$PWD/../bin:$PATH ergane up)
  contains "$out" "<$PWD/an app/lib/a.jar:"
  contains "$(cd "an app" && bash ergane up)" "<up>"
}

test_ergane_home_points_to_the_jars() {
  installed "$PWD/app"
  mkdir -p other/lib
  : >other/lib/c.jar
  contains "$(ERGANE_HOME=$PWD/other app/ergane)" "<$PWD/other/lib/c.jar>"
  out=$(ERGANE_HOME=$PWD/missing app/ergane 2>&1)
  equal $? 1
  contains "$out" "no folder $PWD/missing/lib"
}

test_jvm_options_are_added() {
  installed "$PWD/app"
  contains "$(ERGANE_JVM_OPTS='-Xmx1g -Da=b' app/ergane up)" "<-Xmx1g>
<-Da=b>"
}

test_an_old_java_is_passed_over_and_named_when_there_is_no_other() {
  fake_java "$PWD/old" 17.0.1
  fake_java "$PWD/new" 26
  . "$root/scripts/toolchain.sh"
  ERGANE_JAVA_HOME=$PWD/old JAVA_HOME=$PWD/new
  find_java java
  equal "$JAVA_HOME" "$PWD/new"
  equal "$(java_major "$PWD/old")" 17
}

# train_with SCRIPT: an installed copy whose java runs SCRIPT on a training run, with $cache set to the file to make.
train_with() {
  installed "$PWD/app"
  export ERGANE_AOT=wait
  {
    echo '#!/bin/sh'
    echo 'for a in "$@"; do printf "<%s>\n" "$a"; case $a in -XX:AOTCacheOutput=*) cache=${a#*=} ;; esac; done'
    echo "if [ -n \"\${cache:-}\" ]; then echo run >>'$PWD/trainings'; $1; fi"
  } >app-java/bin/java
}

test_a_start_up_cache_is_made_once_and_used() {
  train_with 'echo made >"$cache"'
  contains "$(app/ergane up 2>&1)" "<-XX:AOTCache=$PWD/app/ergane.aot>"
  contains "$(app/ergane up 2>&1)" "<-XX:AOTCache=$PWD/app/ergane.aot>"
  equal "$(grep -c run trainings)" 1
}

test_a_start_up_cache_is_made_again_for_another_build_or_other_options() {
  train_with 'echo made >"$cache"'
  app/ergane up >/dev/null 2>&1
  echo next >app/lib/build-id
  app/ergane up >/dev/null 2>&1
  equal "$(grep -c run trainings)" 2
  ERGANE_JVM_OPTS=-Xmx1g app/ergane up >/dev/null 2>&1
  equal "$(grep -c run trainings)" 3
}

test_a_cache_that_is_found_is_used_whatever_the_options_and_none_is_made() {
  train_with 'echo made >"$cache"'
  case $(ERGANE_AOT=found app/ergane up 2>&1) in *-XX:AOTCache=*) fail "a cache that does not exist is used" ;; esac
  app/ergane up >/dev/null 2>&1
  chmod a-w app
  contains "$(ERGANE_AOT=found ERGANE_JVM_OPTS=-Xmx1g app/ergane up 2>&1)" "<-XX:AOTCache=$PWD/app/ergane.aot>"
  chmod u+w app
  equal "$(grep -c run trainings)" 1
}

test_a_failed_training_run_is_not_repeated_and_does_not_stop_the_start() {
  train_with 'exit 1'
  out=$(app/ergane up 2>&1)
  equal $? 0
  contains "$out" "<up>"
  case $out in *-XX:AOTCache=*) fail "a cache that does not exist is used" ;; esac
  app/ergane up >/dev/null 2>&1
  equal "$(grep -c run trainings)" 1
}

test_a_cache_is_made_in_the_background_and_holds_no_output_open() {
  train_with 'sleep 2; echo made >"$cache"'
  export ERGANE_AOT=auto
  SECONDS=0
  out=$(app/ergane up 2>&1 | cat)
  [ $SECONDS -lt 2 ] || fail "the start waited for the training run"
  contains "$out" "<up>"
  for _ in 1 2 3 4 5 6 7 8 9 10; do [ -s app/ergane.aot ] && break; sleep 1; done
  contains "$(cat app/ergane.aot)" made
}

test_a_lock_of_a_dead_training_run_is_taken_over() {
  train_with 'echo made >"$cache"'
  mkdir app/ergane.aot.lock
  sh -c 'echo $$' >app/ergane.aot.lock/pid
  app/ergane up >/dev/null 2>&1
  contains "$(cat app/ergane.aot)" made
  [ ! -e app/ergane.aot.lock ] || fail "the lock is left behind"
}

# source_tree FOLDER: a small tree of sources whose fake Maven packages it.
source_tree() {
  installed "$1"
  rm -rf "$1/lib"
  cp "$root/scripts/app.sh" "$1/scripts/"
  mkdir -p "$1/core/src/main/java" "$1/cli/src/main/java" "$1/e2e/src/main"
  touch "$1/pom.xml" "$1/core/pom.xml" "$1/cli/pom.xml" "$1/e2e/pom.xml"
  echo one >"$1/core/src/main/java/A.java"
  export ERGANE_CACHE=$PWD/cache
  mkdir -p cache/maven/apache-maven-3.9.16/bin
  printf '%s\n' '#!/bin/sh' "echo run >>'$PWD/builds'" "[ ! -e '$PWD/broken' ] || { echo '[ERROR] A.java is wrong'; exit 1; }" \
    'mkdir -p cli/target/libraries' 'echo core >cli/target/libraries/core.jar' 'echo cli >cli/target/ergane-cli-1.jar' \
    >cache/maven/apache-maven-3.9.16/bin/mvn
  chmod +x cache/maven/apache-maven-3.9.16/bin/mvn
}

builds() { grep -c run builds; }

test_sources_are_built_once() {
  source_tree "$PWD/a tree"
  out=$("a tree/ergane" up 2>/dev/null)
  contains "$out" "<$PWD/a tree/cli/target/app/lib/core.jar:$PWD/a tree/cli/target/app/lib/ergane-cli-1.jar>"
  "a tree/ergane" up >/dev/null 2>&1
  equal "$(builds)" 1
}

test_a_changed_an_added_and_a_deleted_source_are_built_again() {
  source_tree "$PWD/tree"
  tree/ergane >/dev/null 2>&1
  sleep 0.05 && echo two >tree/core/src/main/java/A.java
  tree/ergane >/dev/null 2>&1
  equal "$(builds)" 2
  sleep 0.05 && echo new >tree/core/src/main/java/B.java
  tree/ergane >/dev/null 2>&1
  equal "$(builds)" 3
  sleep 0.05 && rm tree/core/src/main/java/B.java
  tree/ergane >/dev/null 2>&1
  equal "$(builds)" 4
}

test_a_touched_source_and_a_module_outside_the_application_are_not_built_again() {
  source_tree "$PWD/tree"
  tree/ergane >/dev/null 2>&1
  sleep 0.05 && touch tree/core/src/main/java/A.java tree/pom.xml
  echo test >tree/e2e/src/main/T.java
  tree/ergane >/dev/null 2>&1
  equal "$(builds)" 1
}

test_a_failed_build_stops_with_the_error_and_the_log() {
  source_tree "$PWD/tree"
  touch broken
  out=$(tree/ergane up 2>&1)
  equal $? 1
  contains "$out" "A.java is wrong"
  contains "$out" "cli/target/build.log"
  rm broken
  contains "$(tree/ergane up 2>/dev/null)" "<up>"
}

test_the_laid_out_application_starts_where_it_is_copied_to() {
  source_tree "$PWD/tree"
  tree/ergane >/dev/null 2>&1
  cp -R tree/cli/target/app moved
  contains "$(moved/ergane up)" "<$PWD/moved/lib/core.jar:"
}

# go_tree FOLDER: sets what scripts/kubernetes.sh reads to an empty tree with a fake Go that writes programs.
go_tree() {
  root=$1
  mkdir -p "$1/testkit/kubernetes" "$1/bin"
  printf '%s\n' 'require (' '	k8s.io/kubernetes v1.36.1' ')' >"$1/testkit/kubernetes/go.mod"
  echo one >"$1/testkit/kubernetes/go.sum"
  printf '%s\n' '#!/bin/sh' 'while [ $# -gt 0 ]; do [ "$1" != -o ] || { echo "#!/bin/sh" >"$2"; chmod +x "$2"; }; last=$1; shift; done' \
    "echo \"\$last\" >>'$1/go-builds'; [ ! -e '$1/broken' ] || { echo 'no such module'; exit 1; }" >"$1/bin/go"
  chmod +x "$1/bin/go"
  PATH=$1/bin:$PATH
  unset KUBEBUILDER_ASSETS
  . "$source_root/scripts/toolchain.sh"
  . "$source_root/scripts/kubernetes.sh"
}
source_root=$root

test_kubernetes_is_built_once_and_again_when_its_module_changes() {
  go_tree "$PWD/a tree"
  find_kubernetes && fail "found before it is built"
  build_kubernetes 2>/dev/null || fail "not built"
  find_kubernetes || fail "not found after it was built"
  contains "$(cat "$root/go-builds")" k8s.io/kubernetes/cmd/kube-apiserver
  contains "$(kubernetes_flags)" "version.gitVersion=v1.36.1 -X k8s.io/component-base/version.gitMajor=1 "
  echo two >"$root/testkit/kubernetes/go.sum"
  find_kubernetes && fail "still found with another module"
  build_kubernetes 2>/dev/null
  find_kubernetes || fail "not found after it was built again"
}

test_a_failed_build_of_kubernetes_says_why_and_keeps_the_old_one() {
  go_tree "$PWD/tree"
  build_kubernetes 2>/dev/null
  touch "$root/broken"
  out=$(build_kubernetes 2>&1)
  equal $? 1
  contains "$out" "no such module"
  find_kubernetes || fail "the programs of before are gone"
}

test_kubernetes_of_a_named_folder_is_never_built() {
  go_tree "$PWD/tree"
  mkdir named
  KUBEBUILDER_ASSETS=$PWD/named
  find_kubernetes && fail "found in an empty folder"
  out=$(build_kubernetes 2>&1)
  equal $? 1
  contains "$out" "KUBEBUILDER_ASSETS"
  for name in etcd kubectl kube-apiserver; do echo >"named/$name" && chmod +x "named/$name"; done
  find_kubernetes || fail "not found in the named folder"
}

test_dev_lists_its_commands_and_refuses_others() {
  contains "$("$root/dev" help)" "check "
  out=$("$root/dev" chekc 2>&1)
  equal $? 2
  contains "$out" "chekc"
}

test_counts_are_summed_over_reports() {
  . "$root/scripts/check.sh"
  echo '<testsuite name="a" time="1" tests="5" errors="1" skipped="1" failures="1">' >a.xml
  printf '<?xml version="1.0"?>\n<testsuite tests="2" failures="0" errors="0" skipped="0" name="b"><properties/>\n' >b.xml
  equal "$(count_tests a.xml b.xml missing.xml)" "4 2 1"
  equal "$(count_tests)" "0 0 0"
}

test_failed_and_skipped_tests_are_listed_with_their_reason() {
  . "$root/scripts/check.sh"
  cat >r.xml <<'XML'
<testsuite name="a" tests="5" errors="0" skipped="1" failures="1">
  <testcase name="good" classname="a.B" time="0.1"/>
  <testcase name="bad" classname="a.B" time="0.1">
    <failure message="expected: &lt;1&gt;&#10;but was: 2" type="x">a stack trace</failure>
  </testcase>
  <testcase name="absent" classname="a.B" time="0">
    <skipped message="no Envoy &amp; no Redis"/>
  </testcase>
  <testcase name="second" classname="a.B" time="0">
    <flakyFailure message="&#10;expected: 3&#10; but was: 4" type="x">
  </testcase>
  <testcase name="once" classname="a.B" time="0">
    <flakyFailure message="1 of 900 requests was lost" type="io.ergane.e2e.LostRequests">
  </testcase>
</testsuite>
XML
  equal "$(list_exceptions r.xml)" "  FAILED a.B.bad: expected: <1>
  skipped a.B.absent: no Envoy & no Redis
  unsteady a.B.second: expected: 3
  FAILED a.B.once: 1 of 900 requests was lost"
  equal "$(count_tests r.xml)" "2 2 1"
}

tests=0 failures=0 cases=
for name in $(compgen -A function test_); do
  mkdir -p "$work/$name"
  tests=$((tests + 1))
  if problem=$(cd "$work/$name" && ($name) 2>&1); then
    cases="$cases<testcase classname=\"scripts\" name=\"$name\"/>
"
  else
    failures=$((failures + 1))
    echo "  FAILED $name"
    echo "$problem"
    cases="$cases<testcase classname=\"scripts\" name=\"$name\"><failure/></testcase>
"
  fi
done
echo "  $((tests - failures)) of $tests script tests passed"
if [ -n "$report" ]; then
  mkdir -p "$report"
  printf '<testsuite name="scripts" tests="%d" errors="0" skipped="0" failures="%d">\n%s</testsuite>\n' \
    "$tests" "$failures" "$cases" >"$report/TEST-scripts.xml"
fi
[ "$failures" = 0 ]
