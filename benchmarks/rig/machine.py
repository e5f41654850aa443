"""What the kernel says about CPU time, memory and the machine."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass, replace
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class ProcessStat:
    """The fields of /proc/PID/stat that the rig uses. The first CPU time includes that of children waited for."""

    pid: int
    parent: int
    name: str
    session: int
    cpu_seconds: float
    self_seconds: float
    resident_bytes: int


def parse_stat(text: str) -> ProcessStat:
    """Reads one /proc/PID/stat line. The command name may hold spaces and parentheses (proc(5))."""
    opening, closing = text.index("("), text.rindex(")")
    fields = text[closing + 2 :].split()
    user, system, children_user, children_system = (int(field) for field in fields[11:15])
    return ProcessStat(
        pid=int(text[:opening]),
        parent=int(fields[1]),
        name=text[opening + 1 : closing],
        session=int(fields[3]),
        cpu_seconds=(user + system + children_user + children_system) / TICKS_PER_SECOND,
        self_seconds=(user + system) / TICKS_PER_SECOND,
        resident_bytes=int(fields[21]) * PAGE_BYTES,
    )


def processes() -> list[ProcessStat]:
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                found.append(parse_stat(Path(entry.path, "stat").read_text()))
            except (OSError, ValueError):
                continue  # it ended while we looked
    return adopted(found, os.getpid())


def adopted(found: list[ProcessStat], rig: int) -> list[ProcessStat]:
    """Counts a session that one of our processes has opened to that process's own; the rig's children keep theirs."""
    by_pid = {process.pid: process for process in found}

    def session(process: ProcessStat) -> int:
        while process.pid == process.session and process.parent != rig and process.parent in by_pid:
            process = by_pid[process.parent]
        return process.session

    return [replace(p, session=session(by_pid.get(p.session, p))) for p in found]


@dataclass(frozen=True)
class Snapshot:
    """CPU time of every process at one instant."""

    at: float
    processes: dict[int, ProcessStat]

    @staticmethod
    def take() -> "Snapshot":
        return Snapshot(
            at=time.monotonic(),
            processes={process.pid: process for process in processes()},
        )

    def session_cpu(self, session: int) -> float:
        return sum(p.cpu_seconds for p in self.processes.values() if p.session == session)

    def foreign_cpu(self, own_sessions: set[int]) -> float:
        """CPU time of all processes but this one and those of the given sessions."""
        return sum(
            p.cpu_seconds for p in self.processes.values() if p.session not in own_sessions and p.pid != os.getpid()
        )


@dataclass(frozen=True)
class Window:
    """CPU used between two snapshots."""

    before: Snapshot
    after: Snapshot
    cores: int

    @property
    def seconds(self) -> float:
        return self.after.at - self.before.at

    def session_cpu(self, session: int) -> float:
        return self.after.session_cpu(session) - self.before.session_cpu(session)

    def process_cpu(self, pid: int) -> float:
        """CPU of one process without its children."""
        before, after = self.before.processes.get(pid), self.after.processes.get(pid)
        return after.self_seconds - (before.self_seconds if before else 0) if after else 0

    def foreign_share(self, own_sessions: set[int]) -> float:
        """Share of the machine's CPU time that processes, those of the kernel among them, used outside the given sessions.

        Time of interrupts is no process's and not in it: it grows with the traffic that is measured.
        """
        used = self.after.foreign_cpu(own_sessions) - self.before.foreign_cpu(own_sessions)
        return used / (self.seconds * self.cores)

    def top_foreign(self, own_sessions: set[int]) -> str:
        """The foreign process that used most, "" when none used anything."""
        used = [
            (self.process_cpu(pid), process.name)
            for pid, process in self.after.processes.items()
            if process.session not in own_sessions and pid != os.getpid()
        ]
        seconds, name = max(used, default=(0.0, ""))
        return name if seconds > 0 else ""


def resident_megabytes(session: int) -> float:
    return sum(p.resident_bytes for p in processes() if p.session == session) / 1e6


def describe() -> dict[str, str | int]:
    """The machine, for the head of a report."""
    model = "unknown"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // 1024
    return {
        "cpu": model,
        "cores": os.cpu_count() or 1,
        "memory_mb": memory,
        "kernel": platform.release(),
        "arch": platform.machine(),
    }
