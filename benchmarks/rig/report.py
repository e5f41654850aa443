"""Reports: a table for people, the same with every window for programs."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from measure import Outcome
from scenarios import Effort, IdleScenario, LoadScenario, StartScenario
from statistic import Range, ratios, standing, verdict

Scenario = LoadScenario | IdleScenario | StartScenario


@dataclasses.dataclass(frozen=True)
class Circumstances:
    """What a reader needs to repeat or to distrust a result."""

    command: str
    date: str
    machine: dict
    versions: dict[str, str]
    effort: Effort


def cost_unit(scenario: Scenario) -> str:
    match scenario:
        case LoadScenario():
            return f"CPU µs per {scenario.unit}"
        case IdleScenario():
            return "CPU, % of a core"
        case StartScenario():
            return "start, s"


def column(outcome: Outcome, system: str, *path: str) -> Range:
    values = []
    for sample in outcome.of(system):
        value = dataclasses.asdict(sample)
        for key in path:
            value = value[key]
        values.append(float(value))
    return Range.of(values)


def rows(scenario: Scenario, outcome: Outcome, systems: list[str]) -> tuple[list[str], list[list[str]]]:
    """Header and one row per system."""
    digits = 2 if isinstance(scenario, StartScenario) else 1
    header = ["system", cost_unit(scenario)]
    match scenario:
        case LoadScenario():
            header += ["rate/s", "latency p50 µs", "p90", "p99", "p99.9", "first byte p50 µs", "p99"]
            header += ["reads per event"] if scenario.events else []
            header += ["failed or unsent", "its core", "load core", "MB"]
        case IdleScenario():
            header += ["scrapes/s", "MB"]
        case StartScenario():
            header += ["start CPU s", "MB"]
    table = []
    for name in systems:
        row = [name, column(outcome, name, "cost").text(digits)]
        if isinstance(scenario, LoadScenario):
            row.append(f"{column(outcome, name, 'load', 'achieved_rate').median:.0f}")
            row += [f"{column(outcome, name, 'load', 'latency', f'{p}_us').median:.0f}" for p in ("p50", "p90", "p99", "p999")]
            row += [f"{column(outcome, name, 'load', 'ttft', f'{p}_us').median:.0f}" for p in ("p50", "p99")]
            if scenario.events:
                reads = sum(s.load["event_reads"] for s in outcome.of(name))
                row.append(f"{reads / max(sum(s.load['events'] for s in outcome.of(name)), 1):.2f}")
            row.append(str(failures(outcome, name)))
            row += [f"{column(outcome, name, 'values', key).median:.0%}" for key in ("system_core", "load_core")]
        elif isinstance(scenario, IdleScenario):
            row.append(f"{column(outcome, name, 'values', 'scrapes_per_second').median:.0f}")
        else:
            row.append(column(outcome, name, "values", "cpu_seconds").text(2))
        row.append(f"{column(outcome, name, 'values', 'resident_mb').median:.0f}")
        table.append(row)
    return header, table


def failures(outcome: Outcome, system: str) -> int:
    return sum(sum(s.load["failed"].values()) + s.load["unsent"] for s in outcome.of(system))


def comparisons(outcome: Outcome, systems: list[str]) -> dict[str, dict]:
    """The first system against each other one: cost of the other ÷ cost of the first, round by round."""
    found = {}
    for other in systems[1:]:
        if outcome.of(other):
            ratio = multiple(outcome, other, systems[0])
            found[other] = {"ratio": ratio, "verdict": verdict(ratio)}
    return found


def markdown(scenario: Scenario, outcome: Outcome, systems: list[str], circumstances: Circumstances) -> str:
    header, table = rows(scenario, outcome, systems)
    lines = [f"# {scenario.name}: {scenario.about}", ""]
    lines += ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(row) + " |" for row in table]
    effort = circumstances.effort
    lines += ["", "Median (lowest–highest) over the rounds; latencies from the intended send time, medians over the rounds.", ""]
    lines += target_lines(scenario, outcome, systems)
    for other, result in comparisons(outcome, systems).items():
        lines.append(f"- {other} ÷ {systems[0]}, same round: {result['ratio'].text(2)}: {systems[0]} is **{result['verdict']}**")
    for name in systems:
        if isinstance(scenario, LoadScenario) and failures(outcome, name):
            lines.append(f"- **{name} failed requests**: {failure_reasons(outcome, name)}")
    if isinstance(scenario, LoadScenario) and scenario.rate:
        rate = effort.rate or scenario.rate
        for name in systems:
            if column(outcome, name, "load", "achieved_rate").low < 0.97 * rate:
                lines.append(f"- **{name} did not keep up** with {rate:g} requests a second")
    lines += [
        f"- windows rejected for foreign CPU above {effort.foreign_limit:.1%} of the machine: {outcome.rejected}"
        + (f" ({', '.join(f'{name} {n}' for name, n in outcome.disturbers.items())})" if outcome.rejected else ""),
        f"- largest foreign share in a kept window: {max(s.foreign_share for s in outcome.samples):.1%}",
        "",
        f"Command: `{circumstances.command}`  ",
        f"Date: {circumstances.date}  ",
        "Machine: " + ", ".join(f"{key} {value}" for key, value in circumstances.machine.items()) + "  ",
        "Versions: " + "; ".join(circumstances.versions.values()) + "  ",
        protocol(scenario, effort),
    ]
    if not effort.keepable(scenario):
        lines += ["", "**A trial run: too short to be quoted.**"]
    return "\n".join(lines) + "\n"


def protocol(scenario: Scenario, effort: Effort) -> str:
    match scenario:
        case LoadScenario():
            windows = (
                f"{effort.rounds} windows of {effort.window_seconds:g} s for each system, in turn, "
                f"{f'over {effort.starts} starts of all, ' if effort.starts > 1 else ''}after "
                f"{effort.warmup_seconds:g} s of warm-up at full speed{' with shorter answers' if scenario.warmup_load else ''}; "
                f"{effort.lead_seconds:g} s of the same traffic "
                "before each window; "
                "the systems that are not measured are stopped meanwhile"
            )
        case IdleScenario():
            seconds = effort.idle_window_seconds or scenario.window_seconds
            windows = f"{effort.rounds} windows of {seconds:g} s for each system, in turn"
        case StartScenario():
            windows = f"{effort.start_runs or scenario.runs} starts of each system, in turn, after one that is not counted"
    return f"Protocol: {windows}; system on core 0, load generator and mock engine on core 1."


def failure_reasons(outcome: Outcome, system: str) -> str:
    counts: dict[str, int] = {}
    sample = ""
    for s in outcome.of(system):
        for reason, count in [*s.load["failed"].items(), ("unsent", s.load["unsent"])]:
            counts[reason] = counts.get(reason, 0) + count
        sample = sample or s.load.get("failure_sample", "")
    return ", ".join(f"{reason} {n}" for reason, n in counts.items() if n) + (f"; e.g. `{sample}`" if sample else "")


def target_lines(scenario: Scenario, outcome: Outcome, systems: list[str]) -> list[str]:
    first = systems[0]
    targets = [("cost", scenario.target)]
    if isinstance(scenario, StartScenario):
        targets.append(("memory", scenario.memory))
    lines = []
    for what, target in targets:
        unit = target.unit
        if target.times:
            if target.times not in systems:
                continue
            value = multiple(outcome, first, target.times)
            unit = f"{unit} {target.times} in the same round"
        else:
            value = column(outcome, first, "cost") if what == "cost" else column(outcome, first, "values", "resident_mb")
        stretch = f", stretch {target.stretch:g}" if target.stretch is not None else ""
        lines.append(
            f"- {first}, target ≤ {target.must:g}{stretch} {unit}: {value.text(2)}: "
            f"**{standing(value, target.must, target.stretch)}**"
        )
    return lines


def multiple(outcome: Outcome, system: str, other: str) -> Range:
    """Cost of a system ÷ cost of another one, round by round."""
    first = {s.round: s.cost for s in outcome.of(system)}
    second = {s.round: s.cost for s in outcome.of(other)}
    common = sorted(first.keys() & second.keys())
    return ratios([first[r] for r in common], [second[r] for r in common])


def as_json(scenario: Scenario, outcome: Outcome, systems: list[str], circumstances: Circumstances) -> str:
    def plain(value):
        return dataclasses.asdict(value)

    return json.dumps(
        {
            "scenario": dataclasses.asdict(scenario),
            "unit": cost_unit(scenario),
            "circumstances": dataclasses.asdict(circumstances),
            "kept": circumstances.effort.keepable(scenario),
            "cost": {name: column(outcome, name, "cost") for name in systems},
            "comparisons": comparisons(outcome, systems),
            "rejected_windows": outcome.rejected,
            "disturbers": outcome.disturbers,
            "samples": outcome.samples,
        },
        default=plain,
        indent=1,
        ensure_ascii=False,
    )


def store(folder: Path, scenario: Scenario, text: str, data: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{scenario.name}.json").write_text(data + "\n")
    path = folder / f"{scenario.name}.md"
    path.write_text(text)
    return path
