# Builds and lays out the application of a source tree in cli/target/app. Sourced by ./ergane and ./dev; needs $root
# and scripts/toolchain.sh.

app=$root/cli/target/app
app_stamp=$app/built

# app_modules: the module folders that make the application.
app_modules() {
  local pom module
  for pom in "$root"/*/pom.xml; do
    module=${pom%/pom.xml}
    case ${module##*/} in testkit | e2e | benchmarks) ;; *) echo "$module" ;; esac
  done
}

# app_sources: what the application is made from, one path a line.
app_sources() {
  local module
  echo "$root/pom.xml"
  echo "$root/ergane"
  echo "$root/scripts"
  app_modules | while IFS= read -r module; do
    echo "$module/pom.xml"
    [ ! -d "$module/src/main" ] || echo "$module/src/main"
  done
}

# app_digest: a checksum of the content and the names of all sources.
app_digest() {
  (cd "$root" && app_sources | tr '\n' '\0' | xargs -0 -I{} find {} -type f | LC_ALL=C sort | tr '\n' '\0' | xargs -0 cksum) | cksum
}

# app_is_fresh: whether the laid out application was built from the sources as they are.
app_is_fresh() {
  local changed
  [ -f "$app_stamp" ] && [ -d "$app/lib" ] || return 1
  changed=$(app_sources | tr '\n' '\0' | xargs -0 sh -c 'stamp=$1; shift; find "$@" -newer "$stamp" -print' sh "$app_stamp" | head -n 1)
  [ -n "$changed" ] || return 0
  [ "$(app_digest)" = "$(cat "$app_stamp")" ] || return 1
  touch "$app_stamp"
}

# app_install DIGEST SINCE: puts what Maven packaged where ./ergane starts it. A running Ergane keeps the jars it has open.
app_install() {
  local fresh=$app.new old=$app.old
  rm -rf "$fresh" "$old"
  mkdir -p "$fresh/scripts"
  cp -Rp "$root/cli/target/libraries" "$fresh/lib"
  cp -p "$root"/cli/target/ergane-cli-*.jar "$fresh/lib/"
  cp -p "$root/ergane" "$fresh/"
  cp -p "$root/scripts/toolchain.sh" "$fresh/scripts/"
  echo "$1" >"$fresh/built"
  echo "$$ $(date +%s) $1" >"$fresh/lib/build-id"
  touch -r "$2" "$fresh/built"
  [ ! -d "$app" ] || mv "$app" "$old"
  mv "$fresh" "$app"
  rm -rf "$old"
}

# app_package LOG: compiles and packages the application, then installs it.
app_package() {
  local digest since="$root/cli/target/build-began"
  mkdir -p "$root/cli/target"
  touch "$since"
  digest=$(app_digest)
  rm -f "$root"/cli/target/ergane-cli-*.jar
  (cd "$root" && mvn_calm "$1" -pl cli -am package -Dmaven.test.skip=true) || return 1
  app_install "$digest" "$since"
}

# app_build: builds when something is missing or stale; two at once wait for each other.
app_build() {
  app_is_fresh && return 0
  (
    mkdir -p "$root/cli/target"
    if type -P flock >/dev/null; then
      exec 8>"$root/cli/target/build.lock"
      flock -n 8 || { say "waiting for another build of this tree"; flock 8; }
      app_is_fresh && exit 0
    fi
    if [ -d "$app/lib" ]; then
      say "sources changed; building (output in cli/target/build.log)"
    else
      say "building Ergane; the first build also downloads its libraries (output in cli/target/build.log)"
    fi
    SECONDS=0
    app_package "$root/cli/target/build.log" || exit 1
    say "built in $SECONDS s"
  )
}
