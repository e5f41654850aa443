"""`./dev bench serving`: what the ModelServing controller costs on a real API server, and what it costs that server."""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import machine
from cluster import BOTH_CORES, Cluster, assets, free_ports, samples, wait_for
from process import Process, RigError
from systems import output

ROOT = Path(__file__).resolve().parents[2]
PODS_EACH = 4

# Runs with fewer ModelServings are trials.
KEPT_FROM = 1000
NAMESPACE = "bench"
PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"
SERVINGS = f"/apis/workload.serving.volcano.sh/v1alpha1/namespaces/{NAMESPACE}/modelservings"

# The heap and the collector that a JVM chooses in the container of deploy/control-plane.yaml, which may use 768 MiB, and
# the options that it is given there.
JVM_OPTIONS = "-XX:MaxRAM=768m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:NewSize=32m"
PEER = "Kthena, its client's throttle lifted: 5.4 ms of its own and 18 ms of the API server's for each, 22 s for 1000, 76 MB"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench serving", description=__doc__)
    parser.add_argument("--servings", type=int, default=1000, metavar="N", help="ModelServings of 4 pods (default 1000)")
    parser.add_argument("--pods", type=int, metavar="N", help="as many ModelServings as make N pods, then the cost of watching them")
    parser.add_argument("--warmup", type=int, metavar="N", help="ModelServings that come first, counted apart (default: a fifth)")
    parser.add_argument("--touched", type=int, default=1000, metavar="N", help="pods changed with --pods (default 1000)")
    parser.add_argument("--patience", type=float, default=180, metavar="S", help="longest wait for the objects (default 180)")
    parser.add_argument("--still", type=float, default=10, metavar="S", help="seconds in which nothing may be written (default 10)")
    parser.add_argument("--jvm", metavar="OPTIONS", default=JVM_OPTIONS, help="ERGANE_JVM_OPTS (default: %(default)s)")
    parser.add_argument("--flags", default="", help="more options of control-plane, e.g. '--workers 10'")
    parser.add_argument("--out", type=Path, help="folder of the report (default benchmarks/results, below 1000 .ergane/bench)")
    return parser.parse_args()


def environment(options: argparse.Namespace) -> dict[str, str]:
    return {"ERGANE_JVM_OPTS": options.jvm, "ERGANE_AOT": "wait"}


def prepare(options: argparse.Namespace) -> None:
    """Has the start-up cache made for these JVM options, which would else be made while we measure."""
    command = [str(ROOT / "ergane"), "--version"]
    if subprocess.run(command, env={**os.environ, **environment(options)}, stdout=subprocess.DEVNULL, check=False).returncode:
        raise RigError("ergane --version failed: see what it said above")


class ControlPlane:
    """`ergane control-plane` in a process of its own."""

    def __init__(self, cluster: Cluster, options: argparse.Namespace, name: str):
        (self.metrics_port,) = free_ports(1)
        command = [
            str(ROOT / "ergane"), "control-plane", f"--kubeconfig={cluster.kubeconfig()}", "--leader-elect=false",
            "--kube-api-qps=100000", "--kube-api-burst=100000", "--xds-host=127.0.0.1", "--xds-port=0",
            "--debug-port=0", f"--metrics-port={self.metrics_port}", *shlex.split(options.flags),
        ]  # fmt: skip
        self.process = Process(name, command, BOTH_CORES, cluster.folder / f"{name}.log", environment(options))

    def __enter__(self) -> "ControlPlane":
        return self

    def __exit__(self, *failure) -> None:
        self.process.stop()

    def await_up(self) -> None:
        def up() -> bool:
            self.process.check_alive()
            return "control plane is up" in self.process.log.read_text(errors="replace")

        wait_for("the control plane", up, 60, 0.02)

    def counts(self) -> tuple[float, float]:
        """How often it has worked on a ModelServing, and written."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=10) as answer:
            text = answer.read().decode()
        looks = sum(value for labels, value in samples(text, "ergane_reconcile_seconds_count") if labels.get("queue") == "modelserving")
        return looks, sum(value for _, value in samples(text, "ergane_cluster_writes_total"))

    def writes(self) -> float:
        return self.counts()[1]

    def await_quiet(self, at_least: float = 0, seconds: float = 2, patience: float = 60) -> None:
        """Waits until it has neither worked on a ModelServing nor written for a time."""
        last, since = (-1.0, -1.0), time.monotonic()

        def quiet() -> bool:
            nonlocal last, since
            now = self.counts()
            if now != last:
                last, since = now, time.monotonic()
            return last[0] >= at_least and time.monotonic() - since >= seconds

        wait_for("the control plane to be done", quiet, patience, 0.5)


@dataclasses.dataclass(frozen=True)
class Phase:
    """CPU seconds of the processes while something was done."""

    objects: int
    seconds: float
    ours: float
    api_server: float
    etcd: float
    foreign: float

    def __add__(self, other: "Phase") -> "Phase":
        mine, others = dataclasses.astuple(self), dataclasses.astuple(other)
        foreign = (self.foreign * self.seconds + other.foreign * other.seconds) / (self.seconds + other.seconds)
        return Phase(*(a + b for a, b in zip(mine[:-1], others[:-1], strict=True)), foreign=foreign)

    def each(self, what: str) -> float:
        """Milliseconds for an object."""
        return 1000 * getattr(self, what) / max(self.objects, 1)


class Measuring:
    """Of one control plane on one cluster."""

    def __init__(self, cluster: Cluster, ours: ControlPlane):
        self.cluster, self.ours = cluster, ours

    def start(self) -> machine.Snapshot:
        return machine.Snapshot.take()

    def phase(self, objects: int, before: machine.Snapshot, seconds: float | None = None) -> Phase:
        window = machine.Window(before, machine.Snapshot.take(), os.cpu_count() or 1)
        processes = (self.ours.process, self.cluster.api_server, self.cluster.etcd)
        cpu = [window.session_cpu(process.session) for process in processes]
        foreign = window.foreign_share({process.session for process in processes})
        return Phase(objects, window.seconds if seconds is None else seconds, *cpu, foreign)


def manifest(name: str) -> dict:
    containers = [{"name": "engine", "image": "engine:1", "ports": [{"containerPort": 8000}]}]
    template = {"spec": {"terminationGracePeriodSeconds": 5, "containers": containers}}
    role = {"replicas": 1, "workerReplicas": 1, "entryTemplate": template, "workerTemplate": template}
    return {
        "apiVersion": "workload.serving.volcano.sh/v1alpha1",
        "kind": "ModelServing",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            "replicas": 1,
            "schedulerName": "volcano",
            "template": {"roles": [{"name": "prefill", **role}, {"name": "decode", **role}]},
        },
    }


def is_told(serving: dict) -> bool:
    status = serving.get("status", {})
    return status.get("observedGeneration") == serving["metadata"]["generation"] and status.get("replicas") is not None


def create(at: Measuring, first: int, last: int, patience: float) -> Phase:
    """Makes some ModelServings, and waits for all pods and statuses; CPU counts until the control plane is quiet."""
    cluster = at.cluster
    before, begun = at.start(), time.monotonic()
    cluster.send_all("POST", ((SERVINGS, manifest(f"serving-{i}")) for i in range(first, last)))
    made = time.monotonic() - begun

    def all_pods() -> bool:
        at.ours.process.check_alive()
        return cluster.count("pods", NAMESPACE) >= PODS_EACH * last

    def all_told() -> bool:
        return sum(is_told(serving) for serving in cluster.get(SERVINGS)["items"]) == last

    wait_for(f"{PODS_EACH * last} pods", all_pods, patience, 0.1)
    wait_for(f"{last} statuses", all_told, patience, 0.25)
    seconds = time.monotonic() - begun
    at.ours.await_quiet()
    phase = at.phase(last - first, before, seconds)
    say(f"{last - first} ModelServings in {seconds:.1f} s (created in {made:.1f} s), {phase.each('ours'):.1f} ms each")
    return phase


def written(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    return {name: value - before.get(name, 0) for name, value in after.items() if value > before.get(name, 0)}


def touch(at: Measuring, pods: int) -> Phase:
    """Changes an annotation of some pods: the control plane sees each and has nothing to do."""
    page = at.cluster.get(f"{PODS}?limit={pods}")
    requests = [(f"{PODS}/{pod['metadata']['name']}", {"metadata": {"annotations": {"rig/touched": "1"}}}) for pod in page["items"]]
    before, begun = at.start(), time.monotonic()
    at.cluster.send_all("PATCH", requests, "application/merge-patch+json")
    seconds = time.monotonic() - begun
    at.ours.await_quiet()
    return at.phase(len(requests), before, seconds)


def run(options: argparse.Namespace, folder: Path) -> dict:
    """All figures; raises RigError when the work is not done in time."""
    servings = options.pods // PODS_EACH if options.pods else options.servings
    warmup = servings // 5 if options.warmup is None else options.warmup
    figures: dict = {"servings": servings, "warmup": warmup}
    with Cluster(ROOT, folder) as cluster:
        cluster.await_ready()
        cluster.kubectl("create", "-f", str(ROOT / "deploy/crds"))
        cluster.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
        cluster.kubectl("create", "namespace", NAMESPACE)
        with ControlPlane(cluster, options, "control-plane") as ours:
            ours.await_up()
            at = Measuring(cluster, ours)
            figures["first"] = create(at, 0, warmup, options.patience) if warmup else Phase(0, 0, 0, 0, 0, 0)
            figures["rest"] = create(at, warmup, servings, options.patience)
            figures["written"] = cluster.writes()
            figures["looks"] = ours.counts()[0]
            figures["resident_mb"] = machine.resident_megabytes(ours.process.session)
            before, wrote, begun = cluster.writes(), ours.writes(), at.start()
            time.sleep(options.still)
            figures["still"] = at.phase(0, begun)
            figures["still_written"] = written(before, cluster.writes())
            figures["still_own"] = ours.writes() - wrote
        before = cluster.writes()
        with ControlPlane(cluster, options, "control-plane-again") as again:
            at = Measuring(cluster, again)
            begun = at.start()
            again.await_up()
            again.await_quiet(at_least=servings)
            figures["again"] = at.phase(servings, begun)
            figures["again_written"] = written(before, cluster.writes())
            figures["again_own"] = again.writes()
            figures["again_mb"] = machine.resident_megabytes(again.process.session)
            if options.pods:
                wrote = again.writes()
                figures["touched"] = touch(at, min(options.touched, options.pods))
                figures["touched_own"] = again.writes() - wrote
                figures["touched_mb"] = machine.resident_megabytes(again.process.session)
    return figures


def row(name: str, phase: Phase) -> str:
    cells = [name, str(phase.objects), *(f"{phase.each(what):.1f}" for what in ("ours", "api_server", "etcd"))]
    return f"| {' | '.join(cells)} | {phase.seconds:.1f} | {phase.foreign:.1%} |"


def standing(value: float, limit: float) -> str:
    return f"{value:.1f}: **{'met' if value <= limit else 'not met'}**"


def markdown(options: argparse.Namespace, figures: dict) -> str:
    first, rest, again = figures["first"], figures["rest"], figures["again"]
    whole = first + rest
    told = {name: f"{count / figures['servings']:.2f}" for name, count in sorted(figures["written"].items()) if count >= figures["servings"]}
    wrong = figures["still_written"] | figures["again_written"]
    nothing = not wrong and not figures["still_own"] and not figures["again_own"]
    lines = [
        f"# serving: {figures['servings']} ModelServings of 2 roles x 2 pods on a real API server",
        "",
        "| while | objects | CPU of Ergane, ms each | of the API server | of etcd | s | foreign CPU |",
        "|---|---|---|---|---|---|---|",
        row("the first are created (warm-up)", first),
        row("the rest are created", rest),
        row("both", whole),
        row("the control plane starts again and looks at all", again),
    ]
    if "touched" in figures:
        lines.append(row("an annotation of pods is changed", figures["touched"]))
    still = 100 * figures["still"].ours / figures["still"].seconds
    lines += [
        "",
        "Seconds count from the first request to the last pod and status; CPU counts on until nothing has happened for 2 s.",
        "CPU of the API server holds that of the creation of the objects and of a list of them or two; pods are counted in etcd.",
        "",
        f"- CPU of Ergane after warm-up, target ≤ 8, stretch 4 ms: {standing(rest.each('ours'), 8)}",
        f"- CPU of the API server after warm-up, target ≤ 18 ms: {standing(rest.each('api_server'), 18)}",
        "- time to all pods and statuses, target for 1000 ≤ 22, stretch 14 s: "
        + (standing(whole.seconds, 22) if figures["servings"] == 1000 else f"{whole.seconds:.1f} for {figures['servings']}"),
        f"- a look at everything that needs nothing, and {options.still:g} s of waiting, write nothing: **{'met' if nothing else 'not met'}**"
        + ("" if nothing else f": {wrong}, by Ergane's count {figures['still_own']:g} and {figures['again_own']:g}"),
        f"- CPU while nothing happens: {still:.1f} % of a core",
        f"- resident: {figures['resident_mb']:.0f} MB after creation, {figures['again_mb']:.0f} MB after a new start with all objects there",
    ]
    if "touched" in figures:
        pods, mb = figures["servings"] * PODS_EACH, figures["touched_mb"]
        lines.append(f"- {pods} pods watched: {mb:.0f} MB after the changes, which made Ergane write {figures['touched_own']:g} times")
    lines += [
        f"- looks at a ModelServing, for each object: {figures['looks'] / figures['servings']:.2f}",
        "- requests that wrote, for each object: " + ", ".join(f"{name} {count}" for name, count in told.items()),
        "",
        f"Peer: it is not on this machine and was not measured in this run; the target rests on these figures of it: {PEER}.",
        "",
        f"Command: `{shlex.join(['./dev', 'bench', 'serving', *sys.argv[1:]])}`  ",
        f"Date: {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M UTC}  ",
        "Machine: " + ", ".join(f"{key} {value}" for key, value in machine.describe().items()) + "  ",
        f"Versions: {'; '.join(versions(options))}  ",
        "Protocol: one run; etcd (no fsync), kube-apiserver, control plane and rig share all cores; no webhook, no kubelet, "
        "no other controller; pods stay Pending.",
    ]
    if figures["servings"] < KEPT_FROM:
        lines += ["", "**A trial run: too short to be quoted.**"]
    return "\n".join(lines) + "\n"


def versions(options: argparse.Namespace) -> list[str]:
    programs = assets(ROOT)
    revision = output(["git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD"])
    return [
        f"ergane {revision} ({options.jvm})",
        output([str(programs / "kube-apiserver"), "--version"]),
        output([str(programs / "etcd"), "--version"]).split("\n")[0],
    ]


def say(text: str) -> None:
    print(text, flush=True)


def main() -> int:
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = ROOT / ".ergane/bench/work/serving"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    name = "serving-pods" if options.pods else "serving"
    try:
        prepare(options)
        figures = run(options, folder)
    except RigError as problem:
        print(f"bench: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("bench: interrupted; everything it started has been stopped", file=sys.stderr)
        return 130
    text = markdown(options, figures)
    out = options.out or ROOT / ("benchmarks/results" if figures["servings"] >= KEPT_FROM else ".ergane/bench")
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{name}.md").write_text(text)
    (out / f"{name}.json").write_text(json.dumps(figures, default=dataclasses.asdict, indent=1) + "\n")
    say(f"\n{text}\n-> {out / name}.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
