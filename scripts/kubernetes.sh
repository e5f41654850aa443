# Builds the Kubernetes programs that tests drive. Sourced by ./dev; needs $root and scripts/toolchain.sh.

kubernetes_module=$root/testkit/kubernetes
kubernetes_home=$root/.ergane/kubernetes
kubernetes_programs="etcd kubectl kube-apiserver kube-controller-manager"

# find_kubernetes: whether the programs are in the folder that KUBEBUILDER_ASSETS names or, without it, were built
# from the module as it is.
find_kubernetes() {
  local name
  if [ -n "${KUBEBUILDER_ASSETS:-}" ]; then
    for name in etcd kubectl kube-apiserver; do [ -x "$KUBEBUILDER_ASSETS/$name" ] || return 1; done
    return 0
  fi
  for name in $kubernetes_programs; do [ -x "$kubernetes_home/$name" ] || return 1; done
  [ "$(kubernetes_digest)" = "$(cat "$kubernetes_home/built" 2>/dev/null)" ]
}

kubernetes_digest() { cat "$kubernetes_module/go.mod" "$kubernetes_module/go.sum" | cksum; }

# kubernetes_package PROGRAM
kubernetes_package() {
  case $1 in
    etcd) echo go.etcd.io/etcd/server/v3 ;;
    *) echo "k8s.io/kubernetes/cmd/$1" ;;
  esac
}

# kubernetes_flags: for the linker; Kubernetes' programs learn their version from it.
kubernetes_flags() {
  local version names=k8s.io/component-base/version
  version=$(awk '$1 == "k8s.io/kubernetes" { print $2; exit }' "$kubernetes_module/go.mod")
  set -- ${version//[v.]/ }
  echo "-s -w -X $names.gitVersion=$version -X $names.gitMajor=${1:-} -X $names.gitMinor=${2:-}"
}

# build_kubernetes: builds the programs into .ergane/kubernetes; Go fetches their sources and keeps what it compiled.
build_kubernetes() {
  local name log=$root/.ergane/kubernetes.log fresh=$kubernetes_home.new began=$SECONDS
  [ -z "${KUBEBUILDER_ASSETS:-}" ] || { say "KUBEBUILDER_ASSETS names $KUBEBUILDER_ASSETS, which lacks etcd, kubectl or kube-apiserver"; return 1; }
  command -v go >/dev/null || { say "Go is missing; install 1.26 or newer, or set KUBEBUILDER_ASSETS to a folder with $kubernetes_programs"; return 1; }
  say "building Kubernetes' API server, its controllers, kubectl and etcd into .ergane/kubernetes: about 5 minutes once"
  rm -rf "$fresh"
  mkdir -p "$fresh"
  : >"$log"
  for name in $kubernetes_programs; do
    (cd "$kubernetes_module" && CGO_ENABLED=0 \
      go build -mod=readonly -trimpath -ldflags "$(kubernetes_flags)" -o "$fresh/$name" "$(kubernetes_package "$name")") >>"$log" 2>&1 ||
      { tail -n 5 "$log" >&2; return 1; }
  done
  kubernetes_digest >"$fresh/built"
  rm -rf "$kubernetes_home"
  mv "$fresh" "$kubernetes_home"
  say "built in $((SECONDS - began)) s"
}
