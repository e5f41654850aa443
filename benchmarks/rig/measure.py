"""Runs a scenario: starts everything, interleaves the systems, rejects disturbed windows."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import machine
import probe
from process import Process, RigError
from scenarios import Effort, IdleScenario, LoadScenario, StartScenario
from statistic import rotated
from systems import Layout, System

CORES = os.cpu_count() or 1
SYSTEM_CORE = 0
LOAD_CORE = 1
FIRST_PORT = 18080
START_PATIENCE_SECONDS = 60
QUIET_PATIENCE_SECONDS = 600
CLOSED_LOOP = 0
STOP_AND_GO_SECONDS = 1
"""How long a thawed system may catch up with its timers before traffic starts."""


@dataclass
class Sample:
    """One accepted window, or one start, of one system."""

    system: str
    round: int
    cost: float
    values: dict[str, float]
    load: dict = field(default_factory=dict)
    foreign_share: float = 0


@dataclass
class Outcome:
    """Everything that a report is made of."""

    samples: list[Sample] = field(default_factory=list)
    rejected: int = 0
    disturbers: dict[str, int] = field(default_factory=dict)

    def of(self, system: str) -> list[Sample]:
        return sorted((s for s in self.samples if s.system == system), key=lambda s: s.round)


def say(text: str) -> None:
    print(text, flush=True)


def require_free(host: str, port: int) -> None:
    """Whoever listens there already would be measured in place of what is started."""
    with socket.socket() as client:
        if client.connect_ex((host, port)) == 0:
            raise RigError(f"{host}:{port} is taken, perhaps by what an earlier run left; end it and run again")


class Bench:
    """Starts and ends what a scenario needs. Use as a context manager."""

    def __init__(self, layout: Layout, effort: Effort, rigload: Path):
        self.layout = layout
        self.effort = effort
        self.rigload = rigload
        self.cleanup = ExitStack()
        self.outcome = Outcome()
        self.mock: Process | None = None

    def __enter__(self) -> "Bench":
        return self

    def __exit__(self, *failure) -> None:
        self.cleanup.close()

    def prepare(self, systems: list[System]) -> None:
        for system in systems:
            system.prepare(self.layout)

    def start_mock(self, flags: tuple[str, ...] = ()) -> None:
        require_free(self.layout.first_engine, self.layout.engine_port)
        log = self.layout.work / "mock.log"
        self.mock = Process(
            "mock engine",
            [
                str(self.rigload), "mock", "--first", self.layout.first_engine, "--count",
                str(self.layout.engine_count), "--port", str(self.layout.engine_port), *flags,
            ],  # fmt: skip
            LOAD_CORE,
            log,
        )
        self.cleanup.callback(self.mock.stop)
        end = time.monotonic() + 10
        while b"ready" not in log.read_bytes():
            self.mock.check_alive()
            if time.monotonic() > end:
                raise RigError(f"the mock engine did not start; see {log}")
            time.sleep(0.01)

    def start_system(self, system: System, port: int) -> tuple[Process, float]:
        require_free("127.0.0.1", port)
        process = Process(
            system.name,
            system.command(self.layout, port),
            SYSTEM_CORE,
            self.layout.work / f"{system.name}.log",
            env=system.env(self.layout),
            cwd=self.layout.root,
        )
        stop = self.cleanup.callback(process.stop)
        try:
            return process, probe.wait_for_200(process, port, START_PATIENCE_SECONDS)
        except RigError:
            stop()
            raise

    def start_all(self, systems: list[System]) -> dict[str, tuple[Process, int]]:
        running = {}
        for i, system in enumerate(systems):
            port = FIRST_PORT + i
            process, seconds = self.start_system(system, port)
            say(f"  {system.name} routes on port {port} after {seconds:.2f} s")
            process.freeze()
            running[system.name] = (process, port)
        return running

    def own_sessions(self, *processes: Process) -> set[int]:
        """Sessions of the rig in a window; the frozen systems use nothing and need no mention."""
        return {p.session for p in processes if p} | ({self.mock.session} if self.mock else set())

    def accept(self, sample: Sample, window: machine.Window, own: set[int]) -> bool:
        """Keeps a window unless something else used the machine meanwhile."""
        sample.foreign_share = window.foreign_share(own)
        if sample.foreign_share <= self.effort.foreign_limit:
            self.outcome.samples.append(sample)
            return True
        self.outcome.rejected += 1
        disturber = window.top_foreign(own) or "unknown"
        self.outcome.disturbers[disturber] = self.outcome.disturbers.get(disturber, 0) + 1
        say(f"  round {sample.round + 1}: {sample.system} rejected, foreign CPU {sample.foreign_share:.1%} ({disturber})")
        if self.outcome.rejected > self.effort.rejected_per_round * self.effort.rounds:
            raise RigError(
                f"{self.outcome.rejected} windows were disturbed by other processes {self.outcome.disturbers}; "
                "run again on a quiet machine, or raise --foreign-limit for a trial"
            )
        self.wait_for_quiet(own)
        return False

    def wait_for_quiet(self, own: set[int]) -> None:
        """Returns after one second in which nothing else used more than the limit."""
        end = time.monotonic() + QUIET_PATIENCE_SECONDS
        while time.monotonic() < end:
            before = machine.Snapshot.take()
            time.sleep(1)
            if machine.Window(before, machine.Snapshot.take(), CORES).foreign_share(own) <= self.effort.foreign_limit:
                return
        raise RigError(f"the machine was not quiet for one second within {QUIET_PATIENCE_SECONDS // 60} minutes")


def run_load(bench: Bench, scenario: LoadScenario, systems: list[System]) -> Outcome:
    bench.start_mock(scenario.mock)
    rounds, starts = bench.effort.rounds, bench.effort.starts
    for start in range(starts):
        running = bench.start_all(systems)
        warm_up(bench, scenario, running)
        for turn in range(start * rounds // starts, (start + 1) * rounds // starts):
            for system in rotated(systems, turn):
                process, port = running[system.name]
                process.thaw()
                while not load_window(bench, scenario, system.name, process, port, turn):
                    continue
                process.freeze()
        for process, _ in running.values():
            process.stop()
    return bench.outcome


def warm_up(bench: Bench, scenario: LoadScenario, running: dict[str, tuple[Process, int]]) -> None:
    for name, (process, port) in running.items():
        say(f"  warming {name} up for {bench.effort.warmup_seconds:g} s")
        process.thaw()
        time.sleep(STOP_AND_GO_SECONDS)
        with start_load(
            bench, scenario, port, bench.effort.warmup_seconds, lead=0, rate=CLOSED_LOOP, flags=scenario.warmup_load
        ) as load:
            finish_load(load, name)
        process.freeze()


def load_window(bench: Bench, scenario: LoadScenario, name: str, process: Process, port: int, turn: int) -> bool:
    time.sleep(STOP_AND_GO_SECONDS)
    with start_load(bench, scenario, port, bench.effort.window_seconds, bench.effort.lead_seconds) as load:
        expect_ready(load)
        before = machine.Snapshot.take()
        load.popen.stdin.write(b"go\n")
        load.popen.stdin.flush()
        line = load.popen.stdout.readline()
        window = machine.Window(before, machine.Snapshot.take(), CORES)
        report = finish_load(load, name, line)
    process.check_alive()
    units = scenario.units(report)
    if not units:
        raise RigError(f"{name} answered nothing rightly: {report['failed']} {report.get('failure_sample', '')}")
    cpu = window.session_cpu(process.session)
    generator = window.session_cpu(load.session) + window.session_cpu(bench.mock.session)
    sample = Sample(
        name, turn, cpu * 1e6 / units,
        {
            "cpu_seconds": cpu,
            "units": units,
            "system_core": cpu / window.seconds,
            "load_core": generator / window.seconds,
            "resident_mb": machine.resident_megabytes(process.session),
        },
        report,
    )  # fmt: skip
    accepted = bench.accept(sample, window, bench.own_sessions(process, load))
    if accepted:
        say(
            f"  round {turn + 1}: {name:14} {sample.cost:8.2f} µs/{scenario.unit}  {report['achieved_rate']:8.0f}/s  "
            f"p50 {report['latency']['p50_us']:.0f} µs  p99 {report['latency']['p99_us']:.0f} µs  "
            f"failed {sum(report['failed'].values()) + report['unsent']}  core {sample.values['system_core']:.0%}  "
            f"load core {sample.values['load_core']:.0%}  foreign {sample.foreign_share:.1%}"
        )
    return accepted


def start_load(
    bench: Bench,
    scenario: LoadScenario,
    port: int,
    duration: float,
    lead: float,
    rate: float | None = None,
    flags: tuple[str, ...] = (),
) -> Process:
    """Load at `rate` requests a second, CLOSED_LOOP for as many as the system answers; by default as the run wants it."""
    if rate is None:
        rate = scenario.rate if bench.effort.rate is None else bench.effort.rate
    command = [
        str(bench.rigload), "load", "--target", f"127.0.0.1:{port}", "--rate", f"{rate:g}",
        "--connections", str(scenario.connections), "--duration", f"{duration:g}s", "--lead", f"{lead:g}s",
        *scenario.load, *bench.effort.extra_load, *flags, *(["--wait"] if lead else []),
    ]  # fmt: skip
    return Process(
        "load generator", command, LOAD_CORE, bench.layout.work / "load.log",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip


def expect_ready(load: Process) -> None:
    line = load.popen.stdout.readline()
    if line.strip() != b"ready":
        load.popen.wait()
        raise RigError(f"the load generator ended early:\n{load.log_tail()}")


def finish_load(load: Process, name: str, line: bytes | None = None) -> dict:
    line = load.popen.stdout.readline() if line is None else line
    status = load.popen.wait()
    if status != 0 or not line:
        raise RigError(f"load on {name} failed:\n{load.log_tail()}")
    return json.loads(line)


def run_idle(bench: Bench, scenario: IdleScenario, systems: list[System]) -> Outcome:
    seconds = bench.effort.idle_window_seconds or scenario.window_seconds
    bench.start_mock()
    running = bench.start_all(systems)
    for turn in range(bench.effort.rounds):
        for system in rotated(systems, turn):
            process, _ = running[system.name]
            process.thaw()
            time.sleep(bench.effort.warmup_seconds if turn == 0 else 3 * STOP_AND_GO_SECONDS)
            while not idle_window(bench, system.name, process, turn, seconds):
                continue
            process.freeze()
    return bench.outcome


def idle_window(bench: Bench, name: str, process: Process, turn: int, seconds: float) -> bool:
    scrapes = scrape_count(bench.layout)
    before = machine.Snapshot.take()
    time.sleep(seconds)
    window = machine.Window(before, machine.Snapshot.take(), CORES)
    scrapes = scrape_count(bench.layout) - scrapes
    process.check_alive()
    cpu = window.session_cpu(process.session)
    values = {
        "cpu_seconds": cpu,
        "scrapes_per_second": scrapes / window.seconds,
        "load_core": window.session_cpu(bench.mock.session) / window.seconds,
        "resident_mb": machine.resident_megabytes(process.session),
    }
    sample = Sample(name, turn, 100 * cpu / window.seconds, values)
    accepted = bench.accept(sample, window, bench.own_sessions(process))
    if accepted:
        say(f"  round {turn + 1}: {name:14} {sample.cost:6.2f} % of a core, {values['scrapes_per_second']:.0f} scrapes/s")
    return accepted


def scrape_count(layout: Layout) -> int:
    connection = http.client.HTTPConnection(layout.engines[0], layout.engine_port, timeout=5)
    try:
        connection.request("GET", "/mock/engines")
        return sum(engine["scrapes"] for engine in json.loads(connection.getresponse().read()))
    finally:
        connection.close()


def run_start(bench: Bench, scenario: StartScenario, systems: list[System]) -> Outcome:
    """The first start of each system is not counted: it fills the page cache, and an AOT cache where there is one."""
    bench.start_mock()
    for system in systems:
        process, seconds = bench.start_system(system, FIRST_PORT)
        process.stop()
        say(f"  {system.name:14} {seconds:.3f} s (first start, not counted)")
    for turn in range(bench.effort.start_runs or scenario.runs):
        for system in rotated(systems, turn):
            while not start_window(bench, system, turn):
                continue
    return bench.outcome


def start_window(bench: Bench, system: System, turn: int) -> bool:
    """The window is longer than the start, so that one tick of CPU accounting is well below the foreign limit."""
    before = machine.Snapshot.take()
    time.sleep(1)
    process, seconds = bench.start_system(system, FIRST_PORT)
    cpu = machine.Snapshot.take().session_cpu(process.session)
    time.sleep(0.5)
    window = machine.Window(before, machine.Snapshot.take(), CORES)
    values = {"cpu_seconds": cpu, "resident_mb": machine.resident_megabytes(process.session)}
    accepted = bench.accept(Sample(system.name, turn, seconds, values), window, bench.own_sessions(process))
    process.stop()
    if accepted:
        say(f"  run {turn + 1}: {system.name:14} {seconds:.3f} s  {values['resident_mb']:.0f} MB")
    return accepted
