"""Processes of the rig: each in a session of its own, pinned to a core, its output in a log file."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import machine


class Process:
    """One started command with all its children; they are counted and ended together by session."""

    def __init__(self, name: str, command: list[str], core: int | str, log: Path, env: dict[str, str] | None = None, **popen):
        self.name = name
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        output = popen.pop("stdout", None) or log.open("wb")
        errors = log.open("ab")
        self.stopped = False
        self.started = time.monotonic()
        self.popen = subprocess.Popen(
            ["taskset", "-c", str(core), *command],
            stdin=popen.pop("stdin", subprocess.DEVNULL),
            stdout=output,
            stderr=errors,
            env={**os.environ, **(env or {})},
            start_new_session=True,
            **popen,
        )
        errors.close()
        if output is not subprocess.PIPE:
            output.close()

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *failure) -> None:
        for pipe in (self.popen.stdin, self.popen.stdout):
            if pipe:
                pipe.close()
        self.stop()

    @property
    def session(self) -> int:
        return self.popen.pid

    def check_alive(self) -> None:
        status = self.popen.poll()
        if status is not None:
            raise RigError(f"{self.name} ended with status {status}. End of {self.log}:\n{self.log_tail()}")

    def log_tail(self, lines: int = 15) -> str:
        text = self.log.read_text(errors="replace").splitlines()
        return "\n".join("  " + line for line in text[-lines:])

    def signal_all(self, number: signal.Signals) -> None:
        for process in machine.processes():
            if process.session == self.session:
                try:
                    os.kill(process.pid, number)
                except ProcessLookupError:
                    continue

    def freeze(self) -> None:
        self.signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        self.signal_all(signal.SIGCONT)

    def stop(self) -> None:
        """Ends every process of the session; the second call does nothing, for the session's number may be reused."""
        if self.stopped:
            return
        self.stopped = True
        self.thaw()
        for number, patience in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
            self.signal_all(number)
            end = time.monotonic() + patience
            while time.monotonic() < end:
                self.popen.poll()
                if not any(p.session == self.session for p in machine.processes()):
                    return
                time.sleep(0.02)


class RigError(Exception):
    """Something the person at the keyboard has to know; printed without a stack trace."""
