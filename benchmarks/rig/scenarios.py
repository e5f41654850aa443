"""What is measured: the load of each scenario and the target it speaks to."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Target:
    must: float
    stretch: float | None
    unit: str
    times: str = ""
    """The system whose cost in the same round the target is a multiple of; empty: a figure of its own."""


@dataclass(frozen=True)
class LoadScenario:
    """Equal traffic on every system, round by round; the result is CPU per request or per streamed event."""

    name: str
    about: str
    target: Target
    rate: float
    """Requests a second, the same for every system; 0: a closed loop."""
    connections: int
    load: tuple[str, ...]
    engines: int = 8
    warmup_load: tuple[str, ...] = ()
    """Flags beside `load` while warming up: the same requests with an answer that takes less time, so that more pass."""
    mock: tuple[str, ...] = ()
    events: int = 0
    systems: tuple[str, ...] = ("ergane", "envoy", "sglang-router", "relay")

    @property
    def unit(self) -> str:
        return "event" if self.events else "request"

    def units(self, report: dict) -> int:
        return report["events"] if self.events else report["ok"]


@dataclass(frozen=True)
class IdleScenario:
    """No traffic; every engine is watched each second."""

    name: str
    about: str
    target: Target
    engines: int
    window_seconds: float = 30
    systems: tuple[str, ...] = ("ergane", "envoy")


@dataclass(frozen=True)
class StartScenario:
    """From exec to the first routed answer, and the memory then."""

    name: str
    about: str
    target: Target
    memory: Target
    engines: int = 3
    runs: int = 10
    systems: tuple[str, ...] = ("ergane", "envoy", "sglang-router")


CHAT = Target(28, 24, "µs")
EVENTS = 100
SHORT_STREAMS = ("--events", "10", "--ttft-ms", "1", "--gap-ms", "1")
THROUGH_ENVOY = ("envoy-ergane", "envoy-nothing", "envoy")

SCENARIOS: dict[str, LoadScenario | IdleScenario | StartScenario] = {
    scenario.name: scenario
    for scenario in (
        LoadScenario(
            "chat-1k",
            "1 KB chat requests with distinct prompts, short JSON answers, open loop",
            CHAT,
            rate=8_000,
            connections=64,
            load=("--body", "1024"),
        ),
        LoadScenario(
            "chat-1k-max",
            "1 KB chat requests, closed loop over 32 connections: each system at its own limit",
            CHAT,
            rate=0,
            connections=32,
            load=("--body", "1024"),
        ),
        LoadScenario(
            "stream",
            f"1 KB chat requests answered by {EVENTS} events, 10 ms apart, which arrive singly",
            Target(12, 9.5, "µs"),
            rate=200,
            connections=600,
            events=EVENTS,
            load=("--body", "1024", "--events", str(EVENTS), "--ttft-ms", "20", "--gap-ms", "10"),
            warmup_load=SHORT_STREAMS,
            mock=("--ttft-ms", "20", "--gap-ms", "10", "--events", str(EVENTS)),
        ),
        LoadScenario(
            "prompt-400k",
            "400 KB prompts (about 100k tokens) that share 16 long prefixes, short JSON answers, open loop",
            Target(450, 300, "µs"),
            rate=500,
            connections=64,
            load=("--body", "400000", "--prefix", "groups:16"),
        ),
        LoadScenario(
            "envoy-1k",
            "1 KB chat requests through Envoy and a scheduler, closed loop over 32 connections",
            Target(1.2, 1.1, "×", times="envoy-nothing"),
            rate=0,
            connections=32,
            load=("--body", "1024"),
            systems=THROUGH_ENVOY,
        ),
        LoadScenario(
            "envoy-400k",
            "400 KB prompts that share 16 long prefixes, through Envoy and a scheduler, open loop",
            Target(1.25, 1.1, "×", times="envoy-nothing"),
            rate=150,
            connections=64,
            load=("--body", "400000", "--prefix", "groups:16"),
            systems=THROUGH_ENVOY,
        ),
        LoadScenario(
            "envoy-stream",
            f"1 KB chat requests through Envoy and a scheduler, answered by {EVENTS} events 10 ms apart",
            Target(1.25, 1.15, "×", times="envoy-nothing"),
            rate=80,
            connections=160,
            events=EVENTS,
            load=("--body", "1024", "--events", str(EVENTS), "--ttft-ms", "20", "--gap-ms", "10"),
            warmup_load=SHORT_STREAMS,
            mock=("--ttft-ms", "20", "--gap-ms", "10", "--events", str(EVENTS)),
            systems=THROUGH_ENVOY,
        ),
        IdleScenario(
            "idle",
            "no traffic, 1000 engines whose 34 KB metrics page is fetched each second",
            Target(10, 5, "% of a core"),
            engines=1000,
        ),
        StartScenario(
            "start",
            "from exec to the end of the first routed answer",
            Target(1.2, 0.6, "s"),
            memory=Target(200, None, "MB"),
        ),
    )
}


@dataclass
class Effort:
    """How much is measured. Less than the defaults is for trying things out and is not kept."""

    rounds: int = 5
    starts: int = 1
    """Times that the systems are started; each start has its share of the rounds. A process keeps its luck with memory."""
    window_seconds: float = 8
    lead_seconds: float = 2
    warmup_seconds: float = 30
    start_runs: int | None = None
    idle_window_seconds: float | None = None
    foreign_limit: float = 0.025
    rejected_per_round: int = 6
    """Disturbed windows after which a run ends, times the rounds."""
    rate: float | None = None
    extra_load: list[str] = field(default_factory=list)

    def keepable(self, scenario: LoadScenario | IdleScenario | StartScenario) -> bool:
        if self.foreign_limit > 0.025:
            return False
        match scenario:
            case LoadScenario():
                return self.rounds >= 5 and self.window_seconds >= 5 and self.warmup_seconds >= 30
            case IdleScenario():
                seconds = self.idle_window_seconds or scenario.window_seconds
                return self.rounds >= 5 and seconds >= 30 and self.warmup_seconds >= 30
            case StartScenario():
                return (self.start_runs or scenario.runs) >= 10


QUICK = Effort(rounds=2, window_seconds=3, lead_seconds=1, warmup_seconds=4, start_runs=2, idle_window_seconds=5)
